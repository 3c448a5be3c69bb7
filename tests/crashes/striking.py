"""One run that is struck at a point, and what is true after it, after the next run, and after a third."""

from __future__ import annotations

import multiprocessing
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerContext
from typing import Any, NamedTuple, Self

from blocks import ShopBlock, SupplierFeed
from tests.crashes.child import Ended, Order, work
from tests.crashes.drivers import DRIVERS
from tests.crashes.faults import Fault
from tests.crashes.place import Key, Place, Row, Values, others, values

LONGEST_SECONDS = 60


@dataclass
class Struck:
    """What came of one strike. `lost`: rows that should have been written in the end and were not; `wrong`: rows of the
    shop, or of our record, that hold anything else than they should, at any time.
    """

    fault: str
    driver: str
    start: str
    point: str
    ended: str = ""
    converged: bool = False
    lost: list[Key] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


class Goal(NamedTuple):
    """What a run without a fault makes of a start: rows of the shop, and of our record."""

    shop: dict[str, list[Row]]
    recorded: set[Key]


class Running:
    """A run in a process of its own; killed at the end of a `with` block, if it has not ended by then."""

    def __init__(self, context: ForkServerContext, order: Order) -> None:
        self._link, there = context.Pipe()
        self.process = context.Process(target=work, args=(order, there), daemon=True)
        self.process.start()
        there.close()
        self._told: Ended | str | None = None

    def reaches_point(self) -> bool:
        """Wait until it stands still; False: it ended before."""
        self._told = self._hear()
        return isinstance(self._told, str)

    def go_on(self) -> None:
        """Let it go on; nothing happens if it is dead."""
        self._told = None
        with suppress(ConnectionError):
            self._link.send("go on")

    def ended(self) -> Ended | None:
        """Wait for its end; None: it was killed."""
        told = self._told if isinstance(self._told, Ended) else self._hear()
        return told if isinstance(told, Ended) else None

    def _hear(self) -> Ended | str | None:
        if not self._link.poll(LONGEST_SECONDS):
            raise AssertionError(f"a run said nothing for {LONGEST_SECONDS} s")
        try:
            told: Ended | str = self._link.recv()
        except (EOFError, ConnectionError):
            return None
        return told

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.join(5)
        self.process.kill()
        self.process.join()


class Striker:
    """Runs of one driver at a place."""

    def __init__(self, place: Place, driver: str, shop: ShopBlock, feed: SupplierFeed) -> None:
        self.place = place
        self.driver = driver
        self._shop = shop
        self._feed = feed
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["tests.crashes.child"])

    def run(self, job: Any = "sync", **options: Any) -> Ended:
        """Let a run go through."""
        ended, _ = self._run(None, None, job, options)
        assert ended is not None
        return ended

    def strike(self, fault: Fault, start: str, point: str, goal: Goal, **options: Any) -> Struck:
        """Begin from a start, strike a run at a point, look; then two runs without a fault, and look again."""
        struck = Struck(fault.name, self.driver, start, point)
        self.place.begin(start)
        before = self._values(self.place.starts[start])
        ended, reached = self._run(point, fault, "sync", options)
        fault.mend(self.place)
        assert reached, f"{point} was never reached: {ended}"
        struck.ended = ended.status if ended else "killed"
        DRIVERS[self.driver].rest(self.place)
        self.place.end_lease()
        self._look_after_the_fault(struck, before, goal)
        self._converge(struck, before, goal)
        return struck

    def start(
        self, point: str | None, lease: Mapping[str, Any] | None = None, job: Any = "sync", **options: Any
    ) -> Running:
        """Begin a run that stands still at a point; `lease`: how long it waits for another's, and its own lives."""
        order = Order(self.place.environment, self.driver, self._shop, self._feed, job, options, point, lease)
        return Running(self._context, order)

    def _run(
        self, point: str | None, fault: Fault | None, job: Any, options: dict[str, Any]
    ) -> tuple[Ended | None, bool]:
        with self.start(point, job=job, **options) as running:
            reached = running.reaches_point()
            if reached and fault:
                fault.strike(self.place, running.process, self.driver)
                running.go_on()
            return running.ended(), reached

    def _values(self, rows: Mapping[str, list[Row]]) -> Values:
        held = values(rows)
        return held if DRIVERS[self.driver].tells_null else {key: value or "" for key, value in held.items()}

    def _look_after_the_fault(self, struck: Struck, before: Values, goal: Goal) -> None:
        """Each row is as before or as wanted, a product as a whole; what this run recorded as written stands there."""
        held, wanted = self._values(self.place.shop_rows()), self._values(goal.shop)
        for key, value in held.items():
            if value not in (before[key], wanted[key]):
                struck.wrong.append(f"{key} holds {value!r}: neither {before[key]!r} nor {wanted[key]!r}")
        changing = [key for key in held if before[key] != wanted[key]]
        done = {key[0] for key in changing if held[key] == wanted[key]}
        half = done & {key[0] for key in changing if held[key] == before[key]}
        if half and DRIVERS[self.driver].is_whole:
            struck.wrong.append(f"products of which a part was written: {sorted(half)}")
        known = {run for (run,) in self.place.ask(f'SELECT id FROM "{struck.start}".runs')}
        for row in self.place.recorded():
            key = key_of(row)
            if row["run_id"] not in known and row["written_at"] and row["value"] != held[key]:
                struck.wrong.append(f"{key} is recorded as {row['value']!r}, and holds {held[key]!r}")

    def _converge(self, struck: Struck, before: Values, goal: Goal) -> None:
        """The next run writes what is missing, a third one nothing; the first values are still known."""
        ended = self.run("sync twice")
        rows = self.place.shop_rows()
        pristine = self.place.starts[DRIVERS[self.driver].pristine]
        held, wanted, first = map(self._values, (rows, goal.shop, pristine))
        for key, value in held.items():
            if value != wanted[key]:
                if value == before[key]:
                    struck.lost.append(key)
                else:
                    struck.wrong.append(f"{key} holds {value!r} in the end, not {wanted[key]!r}")
        recorded = {key_of(row): row for row in self.place.recorded()}
        for key, row in recorded.items():
            if (row["value"], row["original"]) != (held[key], first[key]) or not row["written_at"]:
                struck.wrong.append(
                    f"{key}: the record says {row}, the shop holds {held[key]!r}, at first {first[key]!r}"
                )
        if set(recorded) != goal.recorded:
            struck.wrong.append(f"recorded are others: {set(recorded) ^ goal.recorded}")
        by_prestashop = DRIVERS[self.driver].version is not None
        if others(rows, by_prestashop=by_prestashop) != others(pristine, by_prestashop=by_prestashop):
            struck.wrong.append("columns that are never written changed")
        open_sets = self.place.ask("SELECT id FROM change_sets WHERE ended_at IS NULL")
        # a run that has nothing to write does not end what a crash left open
        struck.converged = ended.status == "unchanged, unchanged" or (
            ended.status == "completed, unchanged" and not open_sets
        )
        if not struck.converged:
            struck.wrong.append(f"the next run and a third: {ended}, open change sets: {open_sets}")


def key_of(row: Row) -> Key:
    """Return what names a row of our record."""
    return row["id_product"], row["id_product_attribute"], row["id_lang"], row["field"]
