"""The history of a shop, or of a product in it, into a run's summary: a picture first, the tables below it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from blocks import ShopBlock
from tasks.errors import Refused
from tasks.history import by_day, canvas, pictures
from tasks.history.offers import links_of, offer_rows
from tasks.history.runs import DONE, supplier_rows, sync_rows
from tasks.history.switches import Switched, switches
from tasks.linking import find_product
from tasks.run import Run
from tasks.station import station
from tasks.summaries import HistorySummary

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@station("show history of shop", io=True)
def show_shop(run: Run[HistorySummary], block: ShopBlock, name: str) -> None:
    """Show how many products were on, off and changed, by sync run and by supplier."""
    span = _span(run, block)
    rows = sync_rows(run.state, block.integration_id, span.since)
    suppliers = supplier_rows(run.state, block.integration_id, span.since)
    days = by_day.of_days(rows, span.zone)
    run.count(
        runs=len(rows),
        not_completed=sum(row["status"] not in DONE for row in rows),
        on=next((day["can be ordered"] for day in days if day["can be ordered"] is not None), None),
        off=next((day["can't be ordered"] for day in days if day["can't be ordered"] is not None), None),
        changed=sum(row["changed"] or 0 for row in rows),
    )
    if rows:
        _draw(run, f"Availability in {name}", lambda: pictures.of_shop(name, rows, suppliers, span))
    none = f"No sync of this shop in {run.summary.days} days (dry runs and runs with a limit don't count)."
    run.show(f"By day ({span.zone.key})", days, "" if rows else none)
    run.show("By supplier", by_day.of_suppliers(suppliers), "Products that this supplier's offer decided.")


@station("show history of product", io=True)
def show_product(run: Run[HistorySummary], block: ShopBlock, product: str) -> None:
    """Show a product's stock and delivery days by supplier, and when the shop's customers could order it.

    Raises Refused for a text that is no product, several, or none of this shop.
    """
    span = _span(run, block)
    found = find_product(run.state, product, block.integration_id)
    links = links_of(run.state, found.product_id)
    item = next((link.item for link in links if link.integration_id == block.integration_id), None)
    if item is None:
        raise Refused(f"product: expected a product of this shop, got {found.shown}, which is not linked there")
    offers = offer_rows(run.state, links, span.since)
    switched = switches(run.state, block.integration_id, found.product_id, item, span.since)
    _count(run, found.product_id, offers.versions, offers.left_out + switched.left_out, switched)
    run.count(suppliers=sum(link.is_supplier for link in links))
    title = f"{found.name or 'Product'} ({found.sku or found.ean or f'#{found.product_id}'})"
    # an exception of the policy may ask for more of this very product: then no line is better than a wrong one
    threshold = None if block.policy.exceptions else block.policy.min_stock_threshold
    _draw(run, title, lambda: pictures.of_product(title, offers.rows, switched, span, threshold))
    if not run.summary.suppliers:
        run.show(
            "No supplier", None, f"No item of a supplier is linked with {found.shown} itself; name its combination."
        )
    run.show("Switched in the shop", by_day.of_switches(switched.rows, span.zone))
    run.show("What suppliers said", by_day.of_offers(offers.rows, span.zone))


def _span(run: Run[HistorySummary], block: ShopBlock) -> canvas.Span:
    return canvas.Span(run.started_at - timedelta(days=run.summary.days), run.started_at, ZoneInfo(block.timezone))


def _count(run: Run[HistorySummary], product_id: int, versions: int, left_out: int, switched: Switched) -> None:
    on = sum(row["is_on"] is True for row in switched.rows)
    off = sum(row["is_on"] is False for row in switched.rows)
    run.count(product_id=product_id, versions=versions, left_out=left_out, switched_on=on, switched_off=off)
    if left_out:
        run.warn(f"{left_out} archived versions or change sets are there no more, or can't be read; they are left out")


def _draw(run: Run[HistorySummary], words: str, draw: Callable[[], Figure]) -> None:
    if not canvas.can_draw():
        run.show("Picture", None, canvas.MISSING)
        return
    run.show("Picture", None, canvas.in_markdown(canvas.as_png(draw()), words))
    run.count(picture=True)
