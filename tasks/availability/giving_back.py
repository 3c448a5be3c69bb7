"""Products put back as they were before our first write, and kept out of our care from then on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel

from blocks import PrestashopDatabase
from tasks import archive
from tasks.availability import plan
from tasks.availability.pins import (
    Pin,
    Subject,
    add_pin,
    make_pin,
    open_pins,
    read_pins,
    subject_of,
)
from tasks.availability.released import Choice
from tasks.duck import Desk, desk
from tasks.errors import WrongSettingsError
from tasks.prestashop import rows_of_others
from tasks.run import Run
from tasks.state import Session
from tasks.station import station
from tasks.summaries import ReleaseSummary

KEY = ("integration_id", "id_product", "id_product_attribute", "id_lang", "field")
WRITTEN = ("id_product", "id_product_attribute", "id_lang", "field", "value", "original", "written_at")
LINKS = ("integration_id", "product_id", "external_product_id", "supplier_availability")
UNFINISHED = """CREATE TABLE unfinished (place INTEGER, id_product BIGINT, id_product_attribute BIGINT, id_lang INTEGER,
  field VARCHAR, before VARCHAR, after VARCHAR)"""
EXAMPLES = 50
ROWS = ("text_rows", "flag_rows", "label_rows")  # kinds of rows that one block writes
KEPT = {  # why a row stays as it is, as an operator reads it
    "row_missing_in_shop": "the shop has no such row any more",
    "written_by_another_block": "another block writes this row",
    "original_unknown": "what it held before our first write is not known",
    "original_never_written": "it held a value that is never written",
    "changed_by_another": "somebody changed it since our last write",
}


class OurRows(BaseModel):
    """What we know of rows that may be given back, as files: see giving_back.sql."""

    written: Path
    unfinished: Path
    links: Path
    products: Path  # id_product


class Release(BaseModel):
    """The plan: a change set whose `after` is what stood there before us; `kept` rows stay as they are."""

    changes: Path
    kept: Path
    links: Path
    rows: int

    @property
    def no_links(self) -> Path:
        """An empty file of links: what Rexbit's readers find in a link's metadata stays as it is."""
        return self.links.with_name("no_links.parquet")


@station("look for our rows", io=True)
def find_our_rows(run: Run[ReleaseSummary], choice: Choice) -> OurRows:
    """What we wrote to the products that are given back, also what a crash left without a record."""
    ours = {"integration_id": run.integration_id}
    folder, supplier = run.folder, choice.subject.supplier_id
    written = run.state.read("shop_written", folder / "written.parquet", WRITTEN, ours)
    of_all = {} if supplier else ours
    links = run.state.read("integration_product_links", folder / "release_links.parquet", LINKS, of_all)
    with desk() as table:
        _lay_unfinished(run, table)
        unfinished = table.save("unfinished", folder / "unfinished.parquet")
        table.load(written=written)
        if supplier:
            table.load(pins=read_pins(run.state, run.integration_id, run.started_at, folder))
            table.show(links=links)
            values = {"integration_id": run.integration_id, "supplier": supplier}
            table.run("availability/released_products.sql", values)
        else:
            table.run("availability/released_rows.sql", {"id_product": choice.id_product})
        products = table.save("chosen", folder / "chosen.parquet")
        if supplier and (pinned := table.count("pinned")):
            run.say("%d products of this supplier are pinned by a person, and stay so", pinned)
        return OurRows(written=written, unfinished=unfinished, links=links, products=products)


def _lay_unfinished(run: Run[Any], table: Desk) -> None:
    """Lay what crashed runs planned: some of it may stand in the shop without a record."""
    table.connection.execute(UNFINISHED)
    with run.state.session(read_only=True) as session:
        names = [row["id"] for row in session.execute("change_sets_open", {"integration_id": run.integration_id})]
    for place, name in enumerate(names):
        try:
            folder = archive.find("changes", run.integration_id, name)
        except WrongSettingsError as gone:
            run.warn(f"what change set {name} wrote before a crash can't be told any more: {gone}")
        else:
            values = {"place": place, "path": str(folder / "changes.parquet")}
            table.run("availability/unfinished.sql", values)


@station("plan release", io=True)
def plan_release(run: Run[ReleaseSummary], block: PrestashopDatabase, ours: OurRows, shop_rows: Path) -> Release:
    """Put what the shop holds beside what stood there before us, keep that in the archive, and show it."""
    others = rows_of_others(run, block)
    values = {"integration_id": run.integration_id, **{kind: others.get(kind) for kind in ROWS}}
    with desk() as table:
        table.load(written=ours.written, unfinished=ours.unfinished, chosen=ours.products, shop_rows=shop_rows)
        table.show(links=ours.links)
        table.run("availability/giving_back.sql", values)
        differing = table.save("differing", run.folder / "differing.parquet")
        kept = table.save("kept", run.folder / "kept.parquet")
        counts = table.rows("SELECT reason, count(*) AS n FROM kept GROUP BY reason ORDER BY reason")
        first = table.rows(
            "SELECT id_product AS product, id_product_attribute AS combination, id_lang AS language, field, reason,"
            " held AS 'holds', original AS 'before us' FROM kept ORDER BY ALL LIMIT $most",
            {"most": EXAMPLES},
        )
    run.count(kept={row["reason"]: row["n"] for row in counts})
    run.state.read("integration_product_links", run.folder / "no_links.parquet", where={"integration_id": 0})
    changes = plan.make_change_set(differing, shop_rows, ours.written, run.folder)
    run.count(products=changes.products, enabled=changes.enabled, disabled=changes.disabled)
    if changes.rows:
        _archive(run, changes)
    if counts:
        notes = [f"`{row['reason']}`: {KEPT[row['reason']]} ({row['n']} rows)." for row in counts]
        run.warn(f"{sum(row['n'] for row in counts)} rows stay as they are: `Not put back` in the summary")
        run.show("Not put back", first, " ".join(notes))
    run.show("Some of what is put back", plan.sample(changes.changes))
    return Release(changes=changes.changes, kept=kept, links=ours.links, rows=changes.rows)


def _archive(run: Run[ReleaseSummary], changes: plan.ChangeSet) -> None:
    name = f"c{run.integration_id}-{run.started_at:%Y%m%dT%H%M%S}-{run.id[-8:]}"
    manifest = {
        "id": name,
        "integration_id": run.integration_id,
        "run_id": run.id,
        "planned_at": run.started_at,
        "dry_run": run.summary.dry_run,
        "release": True,
        **changes.model_dump(mode="json", exclude={"changes"}),
    }
    archive.keep("changes", run.integration_id, name, {"changes.parquet": changes.changes}, manifest)
    run.count(change_set_id=name)
    run.say("Change set %s: %d rows of %d products", name, changes.rows, changes.products)


@station("end release", io=True)
def end_release(run: Run[ReleaseSummary], choice: Choice, release: Release, outcomes: Path | None) -> None:
    """End our record of what was put back, and keep it out of our care: in one transaction, after it was read back."""
    run.check_lease()
    with desk() as table:
        table.load(kept=release.kept)
        table.show(links=release.links)
        if outcomes:
            table.load(outcomes=outcomes)
        else:
            table.run("availability/no_outcomes.sql")
        table.run("availability/given_back.sql", {"integration_id": run.integration_id})
        ended = table.save("ended", run.folder / "ended.parquet")
        staying = [row["product_id"] for row in table.rows("FROM staying")]
    with run.state.session() as session:
        rows = session.delete("shop_written", ended, key=KEY)
        said = _say_released(session, run, choice, staying)
    run.count(rows_ended=rows)
    if not (rows or said):
        run.count(status="unchanged")


def _say_released(session: Session, run: Run[Any], choice: Choice, staying: list[int]) -> bool:
    """Write the pins; of a supplier's products those that keep a row of ours get one of their own."""
    said = make_pin(session, run, Pin(choice.subject, "released", choice.reason))
    if choice.subject == Subject():
        session.execute("shop_scope_removed", {"integration_id": run.integration_id})
    if choice.subject.supplier_id is not None:
        pinned = {subject_of(pin) for pin in open_pins(session, run.integration_id, run.started_at)}
        new = [Subject(product_id) for product_id in staying if Subject(product_id) not in pinned]
        for number, subject in enumerate(new, 1):
            add_pin(session, run, Pin(subject, "released", choice.reason), number)
        said = said or bool(new)
    return said
