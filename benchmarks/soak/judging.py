"""Whether anything overlapped, was lost, done twice, or hangs: by what databases and shops hold, row by row."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any

from benchmarks.soak.booking import Book
from benchmarks.soak.model import FIRST_SUPPLIER, Model, Offer, Wanted
from benchmarks.soak.place import Place
from benchmarks.soak.server import Server
from benchmarks.soak.striking import Kill

SETTLE_SECONDS = 90  # for a watchdog that is at work at the end
FLAGS = """
    SELECT p.reference, s.out_of_stock FROM ps_stock_available s JOIN ps_product p USING (id_product)
    WHERE s.id_product_attribute = 0 AND s.id_shop = 1
"""
TEXTS = """
    SELECT p.reference, g.iso_code, l.available_later FROM ps_product_lang l JOIN ps_product p USING (id_product)
    JOIN ps_lang g USING (id_lang) WHERE l.id_shop = 1
"""
LINKS = """
    SELECT l.integration_id, p.sku, l.supplier_availability FROM integration_product_links l
    JOIN products p ON p.id = l.product_id WHERE l.supplier_availability IS NOT NULL
"""
CHANGED = "SELECT count(*) FROM soak_audit WHERE NOT (BINARY held <=> BINARY holds)"
# a row that is found as it shall be is recorded once, and never looked at again
AGAIN = """
    SELECT count(*) FROM soak_audit a WHERE BINARY held <=> BINARY holds AND EXISTS (
      SELECT 1 FROM soak_audit b WHERE b.id < a.id AND b.id_product = a.id_product AND b.field = a.field
        AND b.id_product_attribute <=> a.id_product_attribute AND b.id_lang <=> a.id_lang)
"""
INTERVALS = """
    SELECT integration_id, started_at AT TIME ZONE 'UTC', ended_at AT TIME ZONE 'UTC', id FROM runs
    WHERE integration_id IS NOT NULL ORDER BY integration_id, started_at
"""


@dataclass
class Verdict:
    """Lines of what is wrong; all empty where nothing is."""

    overlaps: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    jammed: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        """Whether nothing is wrong."""
        return not (self.overlaps or self.lost or self.doubled or self.jammed)


def judge(place: Place, model: Model, served: Mapping[int, int], book: Book, kill: Kill | None) -> Verdict:
    """Look at everything; `served`: the last version of each supplier (from 0) that went out whole."""
    died = {run.id: kill.at for run in kill.runs} if kill else {}
    return Verdict(
        overlaps=list(overlaps(place.ours(INTERVALS), died)),
        lost=[*_runs_lost(book, died), *_links_lost(place, model, served), *_rows_lost(place, model, served)],
        doubled=[*_shops_doubled(place), *_links_doubled(place)],
        jammed=[*book.jammed, *_held(place, book.server)],
    )


def overlaps(rows: Iterable[tuple[Any, ...]], died: Mapping[str, datetime]) -> Iterator[str]:
    """Two runs of one integration at a time. `rows`: integration, begin, end, run id, in that order; `died`: when."""
    known = [(one, began, died.get(run) or ended, run) for one, began, ended, run in rows]
    for before, after in pairwise(known):
        if before[0] == after[0] and (before[2] is None or before[2] > after[1]):
            yield f"integration {before[0]}: run {before[3]} until {before[2]}, run {after[3]} from {after[1]}"


def _runs_lost(book: Book, died: Mapping[str, datetime]) -> Iterator[str]:
    for run in book.runs:
        state = run.seen.state if run.seen else "never seen"
        fine = "CRASHED" if run.id in died else "COMPLETED"
        if state != fine and not (run.overlap and state == "CANCELLED"):
            said = run.seen.message if run.seen else ""
            yield f"{run.deployment}, run {run.id}: expected {fine}, got {state}: {said}"


def _links_lost(place: Place, model: Model, served: Mapping[int, int]) -> Iterator[str]:
    """Suppliers' links against the last versions of their feeds, all of them."""
    found: dict[int, dict[str, Offer]] = {}
    for integration_id, sku, said in place.ours(LINKS):
        price = f"{float(said['purchase_price']):.2f}"
        found.setdefault(integration_id, {})[sku] = Offer(said["stock_quantity"], said["delivery_days"], price)
    for supplier, version in served.items():
        links, offers = found.pop(FIRST_SUPPLIER + supplier, {}), model.offers(supplier, version)
        if wrong := [sku for sku in {*links, *offers} if links.get(sku) != offers.get(sku)]:
            one = min(wrong)
            yield (
                f"supplier {FIRST_SUPPLIER + supplier}, version {version}: {len(wrong)} links differ, such as {one}:"
                f" expected {offers.get(one)}, got {links.get(one)}"
            )
    yield from (f"links of integration {one}, which is no supplier's" for one in found)


def _rows_lost(place: Place, model: Model, served: Mapping[int, int]) -> Iterator[str]:
    """Flags and texts of every product in a supplier's feed against what the last versions ask for."""
    for number, name in enumerate(place.sizes.shop_names):
        wanted = model.wanted(number, served)
        flags: dict[str, int] = dict(place.shop(name, FLAGS))
        texts: dict[str, dict[str, str]] = {}
        for reference, language, text in place.shop(name, TEXTS):
            texts.setdefault(reference, {})[language] = text
        held = {one: Wanted(flags[one], texts[one]) for one in wanted}
        if wrong := [one for one in wanted if held[one] != wanted[one]]:
            yield f"{name}: {len(wrong)} products differ, such as {wrong[0]}: {wanted[wrong[0]]}, got {held[wrong[0]]}"
        touched = {
            row[0] for row in place.shop(name, "SELECT reference FROM soak_audit JOIN ps_product USING (id_product)")
        }
        if others := touched - set(wanted):
            yield f"{name}: {len(others)} products were written that no supplier has, such as {min(others)}"


def _shops_doubled(place: Place) -> Iterator[str]:
    """Rows written again with what they held, and rows changed that no run counted (or counted and not changed)."""
    written: dict[int, int] = dict(
        place.ours(
            "SELECT integration_id, sum((summary->>'rows_written')::bigint) FROM runs"
            " WHERE flow = 'sync-availability' GROUP BY 1"
        )
    )
    for number, name in enumerate(place.sizes.shop_names):
        ((rows,),) = place.shop(name, CHANGED)
        ((again,),) = place.shop(name, AGAIN)
        if again:
            yield f"{name}: {again} rows were written again with what they held"
        if rows != (counted := int(written.get(number + 1) or 0)):
            yield f"{name}: {rows} rows were changed, the runs counted {counted}"


def _links_doubled(place: Place) -> Iterator[str]:
    for integration_id, count in place.ours(
        "SELECT integration_id, count(*) FROM soak_links WHERE NOT changed GROUP BY 1 ORDER BY 1"
    ):
        yield f"integration {integration_id}: {count} links were written with what they held already"
    if twice := place.ours("SELECT sku FROM products WHERE sku <> '' GROUP BY sku, ean HAVING count(*) > 1"):
        yield f"{len(twice)} products were made twice, such as {twice[0][0]}"


def _held(place: Place, server: Server) -> list[str]:
    """What is still taken or waits, a while after the last run."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while (found := _taken(place, server)) and time.monotonic() < deadline:
        time.sleep(2)
    return found


def _taken(place: Place, server: Server) -> list[str]:
    leases: list[Any] = place.ours("SELECT integration_id, holder FROM leases")
    watched = server.has_runs("monitor-queues/watchdog")
    return [
        *([] if watched else ["the watchdog's schedule made no run"]),
        *(f"run {name}" for name in server.at_work()),
        *(f"the place of deployment {name} is held" for name in server.places_held()),
        *(f"no worker asks queue {name}" for name in server.queues_not_asked()),
        *(f"the lease of integration {one} is held by {holder}" for one, holder in leases),
    ]
