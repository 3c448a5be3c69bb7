"""Products put back as they were before our first write, and kept out of our care from then on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel

from blocks import ShopBlock
from tasks.availability.pins import (
    Pin,
    Subject,
    add_pin,
    make_pin,
    open_pins,
    read_pins,
    subject_of,
)
from tasks.availability.putting_back import PutBack, plan_putting_back
from tasks.availability.released import Choice
from tasks.availability.unfinished import lay_unfinished
from tasks.duck import desk
from tasks.run import Run
from tasks.state import Session
from tasks.station import station
from tasks.summaries import ReleaseSummary

KEY = ("integration_id", "id_product", "id_product_attribute", "id_lang", "field")
WRITTEN = ("id_product", "id_product_attribute", "id_lang", "field", "value", "original", "written_at")
LINKS = ("integration_id", "product_id", "external_product_id", "supplier_availability")


class OurRows(BaseModel):
    """What we know of rows that may be given back, as files: see giving_back.sql."""

    written: Path
    earlier: Path
    our_values: Path
    links: Path
    products: Path  # id_product


@station("look for our rows", io=True)
def find_our_rows(run: Run[ReleaseSummary], choice: Choice) -> OurRows:
    """What we wrote to the products that are given back, also what a crash left without a record."""
    ours = {"integration_id": run.integration_id}
    folder, supplier = run.folder, choice.subject.supplier_id
    written = run.state.read("shop_written", folder / "written.parquet", WRITTEN, ours)
    of_all = {} if supplier else ours
    links = run.state.read("integration_product_links", folder / "release_links.parquet", LINKS, of_all)
    with desk() as table:
        lay_unfinished(run, table)
        table.load(written=written)
        if supplier:
            table.load(pins=read_pins(run.state, run.integration_id, run.started_at, folder))
            table.show(links=links)
            values = {"integration_id": run.integration_id, "supplier": supplier}
            table.run("availability/released_products.sql", values)
        else:
            table.run("availability/released_rows.sql", {"id_product": choice.id_product})
        if supplier and (pinned := table.count("pinned")):
            run.say("%d products of this supplier are pinned by a person, and stay so", pinned)
        table.run("availability/giving_back.sql")
        saved = {name: table.save(name, folder / f"{name}.parquet") for name in ("earlier", "our_values")}
        products = table.save("chosen", folder / "chosen.parquet")
        return OurRows(written=written, links=links, products=products, **saved)


@station("plan release", io=True)
def plan_release(run: Run[ReleaseSummary], block: ShopBlock, ours: OurRows, shop_rows: Path) -> PutBack:
    """Put what the shop holds beside what stood there before us, keep that in the archive, and show it."""
    files = ours.model_dump(include={"written", "earlier", "our_values", "links"})
    release = plan_putting_back(run, block, "availability/giving_back_judged.sql", {**files, "shop_rows": shop_rows})
    run.count(products=release.products)
    # what Rexbit's readers find in a link's metadata stays as it is
    none = run.state.read("integration_product_links", run.folder / "no_links.parquet", where={"integration_id": 0})
    return release.model_copy(update={"links": none})


@station("end release", io=True)
def end_release(
    run: Run[ReleaseSummary], choice: Choice, ours: OurRows, release: PutBack, outcomes: Path | None
) -> None:
    """End our record of what was put back, and keep it out of our care: in one transaction, after it was read back."""
    run.check_lease()
    with desk() as table:
        table.load(kept=release.kept)
        table.show(links=ours.links)
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
