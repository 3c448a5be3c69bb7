"""One product pinned by a person, or left to the rules again; and the list of all pins of a shop."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from blocks import ShopBlock
from tasks.availability.pins import (
    Pin,
    Subject,
    end_of,
    end_pins,
    make_pin,
    open_pins,
    pins_about,
    required_reason,
    subject_of,
)
from tasks.errors import Refused
from tasks.linking import Found, find_product, find_products
from tasks.prestashop import told_of_whole_shop
from tasks.run import Run
from tasks.station import station
from tasks.summaries import PinSummary

State = Literal["on", "off", "hold", "rules"]
KINDS = {  # of a pin, as an operator reads it
    "on": "always on",
    "off": "always off",
    "hold": "left as it is",
    "released": "given back",
}


@station("find product", io=True)
def find_in_shop(run: Run[Any], product: str, *, gone_too: bool = False) -> Found:
    """The one product that a person means; Refused where this shop does not sell it, unless `gone_too`."""
    found = find_product(run.state, product, run.integration_id)
    if found.item is None and not gone_too:
        raise Refused(
            f"product: expected one that this shop (integration {run.integration_id}) sells, got {found.shown}, which"
            " no item of it is linked to. Run import-catalog for this shop first, or look at its links"
        )
    run.say("Product %s", found.shown)
    return found


def whole_product(found: Found) -> int:
    """Return the id in the shop of a product with all of its combinations; Refused for one of these alone."""
    parent, _, combination = (found.item or "0").partition("-")
    if combination:
        raise Refused(
            f"product: expected a whole product, got the combination {found.shown}: its flag is its product's."
            f" Name the product itself, `shop:{parent}`"
        )
    return int(parent)


@station("pin", io=True)
def pin(
    run: Run[PinSummary],
    block: ShopBlock,
    found: Found,
    state: State,
    reason: str,
    until: date | datetime | None,
) -> None:
    """Write what a person said about a product: a pin that ends an older one, or the end of it."""
    why = required_reason(reason)
    subject = Subject(found.product_id)
    end = end_of(until, block.timezone, run.started_at)
    if state == "rules" and until is not None:
        raise Refused("until: expected nothing beside `rules`, which ends the pin now; got a day")
    run.count(product_id=found.product_id, state=state, until=end)
    _warn_of_others(run, block, found, state)
    if run.summary.dry_run:
        return
    run.check_lease()
    with run.state.session() as session:
        if state == "rules":
            ended = pins_about(session, run, subject)
            end_pins(session, run, ended)
            changed = bool(ended)
        else:
            changed = make_pin(session, run, Pin(subject, state, why, end))
    if not changed:
        run.count(status="unchanged")
    run.say("%s: %s", found.shown, "by the rules" if state == "rules" else KINDS[state])


def _warn_of_others(run: Run[PinSummary], block: ShopBlock, found: Found, state: State) -> None:
    """Say what else is said that reaches this product, so that nobody waits for a pin that another one beats."""
    with run.state.session(read_only=True) as session:
        pins = open_pins(session, run.integration_id, run.started_at)
    for one in pins:
        if subject_of(one) == Subject():
            run.warn(told_of_whole_shop(run.integration_id, one, ZoneInfo(block.timezone)))
    _warn_of_no_supplier(run, found, state)
    parent, _, combination = (found.item or "").partition("-")
    if not combination:
        return
    above = {one.product_id for one in find_products(run.state, f"shop:{parent}", run.integration_id)}
    for one in pins:
        if one["product_id"] in above:
            run.warn(
                f"The whole product (#{one['product_id']}) is pinned `{one['kind']}`, which decides its combinations"
            )
    if state == "hold":
        run.warn("A combination's flag is its product's: the whole product is left as it is")


def _warn_of_no_supplier(run: Run[PinSummary], found: Found, state: State) -> None:
    """A sync only ever touches what a supplier has, or had: a pin on anything else waits."""
    if state not in {"on", "off"}:
        return
    with run.state.session(read_only=True) as session:
        managed = session.execute(
            "product_managed",
            {"product_id": found.product_id, "integration_id": run.integration_id, "item": found.item},
        )
    if not managed:
        run.warn(f"No supplier has {found.shown}, so no sync touches it: the pin takes effect when one has")


@station("show pins", io=True)
def show_pins(run: Run[Any], block: ShopBlock) -> None:
    """All open pins of the shop, as a table of the summary."""
    zone = ZoneInfo(block.timezone)
    with run.state.session(read_only=True) as session:
        pins = open_pins(session, run.integration_id, run.started_at)
        rows = [
            {
                "what": _shown(session.execute("product_by_id", {"product_id": one["product_id"]}), one),
                "pin": KINDS[one["kind"]],
                "until": f"{one['until'].astimezone(zone):%Y-%m-%d %H:%M}" if one["until"] else "",
                "reason": one["reason"],
                "by": one["decided_by"],
                "since": f"{one['decided_at'].astimezone(zone):%Y-%m-%d %H:%M}",
            }
            for one in pins
        ]
    run.count(pins=len(rows))
    note = (
        "A pin beats the rules; `pin-product` with `rules` ends it, of the whole shop `release-products`, `take_back`."
    )
    run.show("Open pins of this shop", rows, note)


def _shown(products: list[dict[str, Any]], pin_row: dict[str, Any]) -> str:
    if pin_row["product_id"] is None:
        return f"supplier {pin_row['supplier_id']}" if pin_row["supplier_id"] else "the whole shop"
    known = Found(**products[0], item=None, why=[]) if products else None
    return known.shown if known else f"#{pin_row['product_id']} (no product of ours any more)"
