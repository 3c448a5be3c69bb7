"""A simulated year of a supplier's feed, replayed through the real gate, linking and absence rule.

The supplier's true stock drifts as published feeds do (see `Feed`); on some days what it publishes is not that truth.
An operator looks at each snapshot that is held back and approves it only where it is true.
"""

from __future__ import annotations

import hashlib
import json
import math
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import duckdb

from blocks import FeedMapping, SupplierFeed
from blocks.feed import Absence
from tasks.feeds import snapshots
from tasks.feeds.gate import comparing, health
from tasks.feeds.snapshots import Snapshot
from tasks.linking import supplier
from tasks.state import StateDatabase
from tests import parquet

ITEMS = 1200
SOLD = 600  # of these the shop sells
INTEGRATION = 6
Rows = dict[str, tuple[int, int]]
"""SKU -> stock, price in grosze."""


@dataclass(frozen=True)
class Kind:
    """How a supplier behaves. `lost`: median share of the available items that sell out between two snapshots, with
    `spread` (of a log-normal distribution); `lists_zeros`: sold-out items stay in the file with stock 0."""

    name: str
    lists_zeros: bool
    absence: Absence
    lost: float
    spread: float


CALM_ZEROS = Kind("lists zeros, calm", True, Absence.UNCERTAIN, 0.004, 0.8)
CALM_DROPS = Kind("drops what is sold out, calm", False, Absence.SOLD_OUT, 0.004, 0.8)
LIVELY_ZEROS = Kind("lists zeros, lively", True, Absence.UNCERTAIN, 0.01, 0.7)
LIVELY_DROPS = Kind("drops what is sold out, lively", False, Absence.SOLD_OUT, 0.01, 0.7)


class Truth:
    """What the supplier really has."""

    def __init__(self, kind: Kind, chance: random.Random) -> None:
        self.kind, self.chance = kind, chance
        self.stock = {f"S{n:04}": chance.randint(1, 60) for n in range(ITEMS)}
        self.price = {sku: chance.randint(500, 20000) for sku in self.stock}
        self.back_at: dict[str, int] = {}

    def go_on(self, step: int) -> None:
        """Sell out, restock, reprice a little."""
        for sku in [sku for sku, at in self.back_at.items() if at <= step]:
            del self.back_at[sku]
            self.stock[sku] = self.chance.randint(1, 60)
        there = [sku for sku, stock in self.stock.items() if stock]
        share = min(0.2, self.kind.lost * math.exp(self.kind.spread * self.chance.gauss(0, 1)))
        for sku in self.chance.sample(there, round(share * len(there))):
            long = self.chance.random() < 0.2
            self.take(sku, step + (self.chance.randint(60, 200) if long else 1 + int(self.chance.expovariate(1 / 8))))
        for sku in self.chance.sample(there, len(there) // 100):
            self.stock[sku] = self.stock[sku] and self.chance.randint(1, 60)
        for sku in self.chance.sample(there, len(there) // 200):
            self.price[sku] = round(self.price[sku] * self.chance.uniform(0.95, 1.07))

    def take(self, sku: str, back_at: int) -> None:
        """Sell an item out until a step."""
        self.stock[sku], self.back_at[sku] = 0, back_at

    def reduce(self, share: float, back_at: int) -> None:
        """A true reduction: a share of what is there goes at once."""
        there = [sku for sku, stock in self.stock.items() if stock]
        for sku in self.chance.sample(there, round(share * len(there))):
            self.take(sku, back_at)

    def rows(self) -> Rows:
        """The file that tells the truth."""
        return {sku: (stock, self.price[sku]) for sku, stock in self.stock.items() if stock or self.kind.lists_zeros}


class Faults:
    """What goes wrong with a file, kind by kind; each makes the rows that are published of the true ones."""

    def __init__(self, truth: Truth, chance: random.Random) -> None:
        self.truth, self.chance = truth, chance
        self.crept: list[str] = []

    def empty(self, _rows: Rows) -> Rows:
        return {}

    def half(self, rows: Rows) -> Rows:
        return {sku: rows[sku] for sku in self.chance.sample(sorted(rows), len(rows) // 2)}

    def hole(self, rows: Rows) -> Rows:
        names, long = sorted(rows), int(len(rows) * self.chance.uniform(0.15, 0.3))
        first = self.chance.randrange(len(names) - long)
        return {sku: rows[sku] for sku in names[:first] + names[first + long :]}

    def small_hole(self, rows: Rows) -> Rows:
        return {sku: rows[sku] for sku in self.chance.sample(sorted(rows), int(len(rows) * 0.97))}

    def renamed(self, rows: Rows) -> Rows:
        return {f"NEW-{sku}": row for sku, row in rows.items()}

    def all_on(self, _rows: Rows) -> Rows:
        return {sku: (stock or 9, self.truth.price[sku]) for sku, stock in self.truth.stock.items()}

    def all_off(self, rows: Rows) -> Rows:
        return {sku: (0, price) for sku, (_, price) in rows.items()}

    def one_stock(self, rows: Rows) -> Rows:
        return {sku: (1, price) for sku, (_, price) in rows.items()}

    def prices(self, rows: Rows) -> Rows:
        return {sku: (stock, price * 100) for sku, (stock, price) in rows.items()}

    def creep(self, rows: Rows) -> Rows:
        """9 % of what is still shown goes with each file."""
        shown = sorted(sku for sku, (stock, _) in rows.items() if stock and sku not in self.crept)
        self.crept += self.chance.sample(shown, round(0.09 * len(shown)))
        lost = set(self.crept)
        if self.truth.kind.lists_zeros:
            return {sku: (0 if sku in lost else stock, price) for sku, (stock, price) in rows.items()}
        return {sku: row for sku, row in rows.items() if sku not in lost}


@dataclass(frozen=True)
class Plan:
    """What goes wrong and when.

    `learning`: snapshots before the first fault; then every `every` snapshots the next of the `episodes` (a fault, how
    many files in a row). `reductions`: true ones, snapshot -> after how many snapshots the goods are back.
    """

    snapshots: int
    learning: int
    every: int
    episodes: tuple[tuple[str, int], ...]
    reductions: dict[int, int]


YEAR = Plan(
    snapshots=500,
    learning=40,
    every=15,
    episodes=(
        ("empty", 1),
        ("half", 2),
        ("all_on", 1),
        ("hole", 1),
        ("renamed", 2),
        ("creep", 8),
        ("one_stock", 1),
        ("empty", 3),
        ("prices", 1),
        ("all_off", 2),
        ("half", 1),
        ("hole", 1),
    ),
    reductions={200: 14, 375: 5000},
)
WEEKS = Plan(
    snapshots=54,
    learning=22,
    every=7,
    episodes=(("creep", 4), ("empty", 1), ("half", 2), ("renamed", 1), ("all_on", 1)),
    reductions={33: 8, 47: 5000},
)


@dataclass
class Day:
    """One publication: when, the true and the published rows, the fault, and the true reduction if it has one."""

    step: int
    at: datetime
    truth: Rows
    rows: Rows
    fault: str | None
    is_reduction: bool


def days(kind: Kind, plan: Plan, seed: int) -> Iterator[Day]:
    """Publications by plan, 17 hours apart in the mean."""
    chance = random.Random(seed)
    truth, at = Truth(kind, chance), datetime(2026, 1, 1, 5, tzinfo=UTC)
    faults = Faults(truth, chance)
    for step in range(plan.snapshots):
        at += timedelta(hours=min(14 * 24, 13.5 * math.exp(0.7 * chance.gauss(0, 1))))
        truth.go_on(step)
        is_reduction = step in plan.reductions
        if is_reduction:
            truth.reduce(0.35, step + plan.reductions[step])
        fault = None if is_reduction else _fault(kind, plan, step)
        if fault != "creep":
            faults.crept = []
        rows = truth.rows()
        make: Callable[[Rows], Rows] = getattr(faults, fault) if fault else dict
        yield Day(step, at, rows, make(rows), fault, is_reduction)


def _fault(kind: Kind, plan: Plan, step: int) -> str | None:
    if step < plan.learning:
        return None
    number, place = divmod(step - plan.learning, plan.every)
    fault, long = plan.episodes[number % len(plan.episodes)]
    if place < long:
        return fault
    # a small accident of a feed that lists zeros: below what any gate sees, the absence rule's to catch
    return "small_hole" if kind.lists_zeros and place == 12 else None


@dataclass
class Told:
    """What a replay showed."""

    kind: str
    snapshots: int = 0
    bad: int = 0
    passed_bad: Counter[str] = field(default_factory=Counter)
    driven: Counter[str] = field(default_factory=Counter)
    false: list[str] = field(default_factory=list)
    approvals: Counter[str] = field(default_factory=Counter)
    alerts: Counter[str] = field(default_factory=Counter)
    episodes: int = 0
    waited: int = 0

    @property
    def good(self) -> int:
        """Snapshots that told the truth."""
        return self.snapshots - self.bad

    def line(self) -> str:
        """The figures for a person."""
        return (
            f"{self.kind}: {self.snapshots} snapshots, {self.bad} bad in {self.episodes} episodes"
            f" (passed and caught by the absence rule: {dict(self.passed_bad)}); links driven by bad ones:"
            f" {dict(self.driven)}; false quarantines {len(self.false)} of {self.good} good ones"
            f" ({len(self.false) / max(1, self.good):.1%}); {self.waited} waited for a second file;"
            f" approvals {dict(self.approvals)}; told {dict(self.alerts)}"
        )


class Replay:
    """Publications into links, by the very functions that the import's tasks call."""

    def __init__(self, state: StateDatabase, kind: Kind, folder: Path) -> None:
        self.state, self.kind, self.folder = state, kind, folder
        self.feed = SupplierFeed(
            integration_id=INTEGRATION,
            source="feed.csv",
            absence=kind.absence,
            mapping=FeedMapping(sku="sku", stock_quantity="stock", purchase_price="price"),
        )
        self.told = Told(kind.name)
        self.links: dict[str, tuple[int, float | None]] = {}
        products = [{"id": n + 1, "sku": f"S{n * 2:04}", "name": "x"} for n in range(SOLD)]
        rows = parquet.write(folder / "shop.parquet", parquet.PRODUCTS, products)
        with state.session() as session:
            session.insert("products", rows)

    def run(self, publications: Iterator[Day]) -> Told:
        """Replay; returns what it showed."""
        before: str | None = None
        for day in publications:
            self.told.snapshots += 1
            self.told.bad += day.fault is not None
            self.told.episodes += day.fault is not None and day.fault != before
            before = day.fault
            self._publish(day)
            self._compare(day)
        return self.told

    def _publish(self, day: Day) -> None:
        snapshot, raw = self._snapshot(day)
        known = snapshots.same_content(self.state, INTEGRATION, snapshot.content_hash, "s")
        snapshot = known or snapshots.keep(snapshot, raw)
        if not snapshot.is_good:
            last = snapshots.last_good(self.state, INTEGRATION)
            snapshot = comparing.judge(self.state, self.feed, snapshot, last, self.folder, day.at)
        verdict = snapshot.judged
        if verdict and verdict.stops:
            with self.state.session() as session:
                snapshots.record(session, snapshot, "run", day.at)
        if verdict and verdict.status == "waiting":
            self.told.waited += 1
            return
        if verdict and verdict.status == "quarantined":
            self._hear(health.failed(self.state, INTEGRATION, day.at, snapshot.id))
            if day.fault:
                return
            if day.is_reduction:
                self.told.approvals[f"reduction at {day.step}"] += 1
            else:
                self.told.false.append(f"{day.step}: {verdict.reason}")
            snapshot = snapshots.to_approve(self.state, INTEGRATION, snapshot.id, day.at)
        elif day.fault:
            self.told.passed_bad[day.fault] += 1
        self._apply(snapshot, day.at)
        self._hear(health.confirmed(self.state, INTEGRATION, day.at))

    def _apply(self, snapshot: Snapshot, at: datetime) -> None:
        scope = supplier.Scope(counts_absence=not snapshot.is_good)
        supplier.read_known(self.state, INTEGRATION, self.folder)
        _, plan = supplier.match_and_plan(self.state, self.feed, snapshot, scope, at, self.folder)
        supplier.apply_links(
            self.state, plan, after=[partial(snapshots.believe, snapshot=snapshot, run_id="run", now=at)]
        )

    def _hear(self, news: list[health.News]) -> None:
        self.told.alerts.update(one.kind for one in news)

    def _snapshot(self, day: Day) -> tuple[Snapshot, Path]:
        text = json.dumps(sorted(day.rows.items()))
        raw = self.folder / "raw"
        raw.write_text(text, encoding="utf-8")
        content = hashlib.sha256(text.encode()).hexdigest()
        return Snapshot(
            id=snapshots.snapshot_id(INTEGRATION, day.at, content, ""),
            integration_id=INTEGRATION,
            content_hash=content,
            settings_hash="s",
            fetched_at=day.at,
            offers=_offers(day.rows, self.folder / "offers.parquet"),
            rejects=parquet.write(self.folder / "rejects.parquet", parquet.REJECTS),
            rows_read=len(day.rows),
            rows_rejected=0,
        ), raw

    def _compare(self, day: Day) -> None:
        """A link may change only to what is true."""
        now = self._read_links()
        for sku, (stock, price) in now.items():
            true_stock, true_price = day.truth.get(sku, (0, 0))
            changed = (stock, price) != self.links.get(sku)
            lies = stock != true_stock or (stock and price != true_price)
            if changed and lies:
                self.told.driven[day.fault or "a good one"] += 1
        self.links = now

    def _read_links(self) -> dict[str, tuple[int, float | None]]:
        path = self.state.read(
            "integration_product_links",
            self.folder / "links_now.parquet",
            ("sku", "supplier_availability"),
            where={"integration_id": INTEGRATION},
        )
        found = {}
        for row in parquet.read(path):
            values = json.loads(row["supplier_availability"])
            price = values.get("purchase_price")
            found[row["sku"]] = (
                values["stock_quantity"] if values.get("is_available", True) else 0,
                price and round(float(price) * 100),
            )
        return found


def _offers(rows: Rows, path: Path) -> Path:
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE offers ({parquet.OFFERS})")
        if rows:
            connection.execute(
                "INSERT INTO offers (row_number, sku, stock_quantity, purchase_price, currency)"
                " SELECT unnest(range(1, len($sku) + 1)), unnest($sku), unnest($stock), unnest($price) / 100, 'PLN'",
                {
                    "sku": list(rows),
                    "stock": [stock for stock, _ in rows.values()],
                    "price": [price for _, price in rows.values()],
                },
            )
        connection.table("offers").write_parquet(str(path))
    return path
