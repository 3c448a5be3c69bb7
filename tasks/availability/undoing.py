"""A change set undone: what it wrote, and still stands, becomes what it met; then no sync does it again for a while."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from blocks import ShopBlock
from tasks import archive
from tasks.availability.pinning import find_in_shop, whole_product
from tasks.availability.pins import (
    Subject,
    open_pins,
    read_pins,
    required_reason,
    subject_of,
)
from tasks.availability.putting_back import PutBack, plan_putting_back, require_switched_on
from tasks.duck import Desk, desk
from tasks.errors import NotArchivedError, Refused, WrongSettingsError
from tasks.linking import Found
from tasks.prestashop import Field, told_of_whole_shop
from tasks.run import Run
from tasks.station import station
from tasks.summaries import UndoSummary

WRITTEN = ("id_product", "id_product_attribute", "id_lang", "field", "value", "run_id")
LINKS = ("integration_id", "product_id", "external_product_id", "metadata")


class Undone(BaseModel):
    """What is to be undone: rows of a change set as `earlier` (see undoing.sql), of the products named, or of all."""

    id: str
    reason: str
    until: datetime
    begun_at: datetime
    named: dict[int, Found]  # by id in the shop; none: the whole change set
    has_outcomes: bool
    earlier: Path
    products: Path  # id_product
    fields: list[Field]


@station("find what is undone", io=True)
def find_undone(
    run: Run[UndoSummary],
    block: ShopBlock,
    change_set_id: str,
    reason: str,
    products: list[str] | None,
    hold_days: int,
) -> Undone:
    """Find the rows that a change set really wrote; Refused for one that can't be undone, or products it didn't change.

    After a crash nobody noted what was written: then all its rows are looked at, and those that hold `after` were.
    """
    why = required_reason(reason)
    require_switched_on(run, block)
    if products is not None and not products:
        raise Refused("products: expected nothing (the whole change set) or at least one product, got an empty list")
    begun_at = _begun_at(run, block, change_set_id)
    place = _archived(run, change_set_id)
    named = {whole_product(one): one for one in (find_in_shop(run, product) for product in products or ())}
    with desk() as table:
        table.show(undone=place / "changes.parquet")
        _lay_chosen(table, change_set_id, named)
        has_outcomes = _lay_outcomes(run, table, place / "outcomes.parquet")
        values = {"has_outcomes": has_outcomes, "change_set_id": change_set_id}
        table.run("availability/undoing.sql", values)
        return Undone(
            id=change_set_id,
            reason=f"undone: {why} (change set {change_set_id})",
            until=run.started_at + timedelta(days=hold_days),
            begun_at=begun_at,
            named=named,
            has_outcomes=has_outcomes,
            earlier=table.save("earlier", run.folder / "earlier.parquet"),
            products=table.save("earlier_products", run.folder / "earlier_products.parquet"),
            fields=[row["field"] for row in table.rows("SELECT DISTINCT field FROM earlier ORDER BY field")],
        )


def _begun_at(run: Run[UndoSummary], block: ShopBlock, change_set_id: str) -> datetime:
    """When the change set was begun to be written; Refused where it was not, or the shop was given back."""
    with run.state.session(read_only=True) as session:
        found = session.execute("change_set_by_id", {"id": change_set_id})
        whole = [one for one in open_pins(session, run.integration_id, run.started_at) if subject_of(one) == Subject()]
    if not found:
        _refuse_unwritten(run, change_set_id)
    begun_at: datetime = found[0]["begun_at"]
    if found[0]["integration_id"] != run.integration_id:
        raise Refused(
            f"change_set_id: expected a change set of this shop (integration {run.integration_id}), got"
            f" {change_set_id}, which is of integration {found[0]['integration_id']}. Choose that shop"
        )
    if any(one["kind"] == "released" for one in whole):
        raise Refused(told_of_whole_shop(run.integration_id, whole[-1], ZoneInfo(block.timezone)))
    return begun_at


def _refuse_unwritten(run: Run[UndoSummary], change_set_id: str) -> NoReturn:
    expected = f"change_set_id: expected a change set that was written to this shop (integration {run.integration_id})"
    try:
        place = archive.find("changes", run.integration_id, change_set_id)
    except NotArchivedError:
        raise Refused(
            f"{expected}, got `{change_set_id}`, which is none that we know. The summary of each sync names its own"
        ) from None
    kind = (
        "a dry run's" if _manifest(place).get("dry_run") else "one that was planned, and of which nothing was written"
    )
    raise Refused(f"{expected}, got {change_set_id}, {kind}: there is nothing to undo")


def _archived(run: Run[UndoSummary], change_set_id: str) -> Path:
    try:
        place = archive.find("changes", run.integration_id, change_set_id)
    except NotArchivedError as gone:
        raise WrongSettingsError(
            f"change_set_id: what change set {change_set_id} wrote can't be told any more, so it can't be undone."
            f" {gone} If it was removed as too old, pin-product and release-products are the ways left"
        ) from gone
    if _manifest(place).get("flow") == "release-products":
        raise Refused(
            f"change_set_id: {change_set_id} gave products back. What ends that is release-products with `take_back`;"
            " the next sync then writes them again"
        )
    return place


def _manifest(place: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((place / archive.MANIFEST).read_text(encoding="utf-8"))
    return told


def _lay_chosen(table: Desk, change_set_id: str, named: dict[int, Found]) -> None:
    table.connection.execute("CREATE TABLE chosen AS SELECT unnest($ids::BIGINT[]) AS id_product", {"ids": list(named)})
    foreign = table.rows("SELECT id_product AS id FROM chosen WHERE id_product NOT IN (SELECT id_product FROM undone)")
    if foreign:
        shown = ", ".join(named[row["id"]].shown for row in foreign)
        raise Refused(
            f"products: expected ones that change set {change_set_id} changes, got {shown}. Nothing was undone"
        )


def _lay_outcomes(run: Run[UndoSummary], table: Desk, outcomes: Path) -> bool:
    if outcomes.exists():
        table.show(outcomes=outcomes)
        return True
    table.run("availability/no_outcomes.sql")
    run.say("The run that wrote it broke off: what holds its values now counts as written by it")
    return False


@station("plan undo", io=True)
def plan_undo(run: Run[UndoSummary], block: ShopBlock, undone: Undone, shop_rows: Path) -> PutBack:
    """Put what the shop holds beside what the change set met, keep that in the archive, and show it."""
    ours, folder = {"integration_id": run.integration_id}, run.folder
    with run.state.session(read_only=True) as session:
        files = {
            "written": session.read("shop_written", folder / "written.parquet", WRITTEN, ours),
            "links": session.read("integration_product_links", folder / "links.parquet", LINKS, ours),
            "change_sets": session.read("change_sets", folder / "sets.parquet", ("id", "run_id", "begun_at"), ours),
        }
    files["pins"] = read_pins(run.state, run.integration_id, run.started_at, folder)
    values = {"begun_at": undone.begun_at.replace(tzinfo=None), "has_outcomes": undone.has_outcomes}
    undo = plan_putting_back(
        run,
        block,
        "availability/undoing_judged.sql",
        {**files, "earlier": undone.earlier, "shop_rows": shop_rows},
        values,
    )
    with desk() as table:
        table.show(kept=undo.kept)
        (row,) = table.rows("SELECT count(DISTINCT id_product) AS n FROM kept")
    run.count(restored=undo.products, refused=row["n"])
    return undo
