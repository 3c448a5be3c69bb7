"""The gate counts what was available, over the feed and over linked items, and knows the feed's own past."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from blocks import FeedGate
from tasks.feeds.gate.measures import Before, Judged, judge
from tasks.feeds.gate.verdict import Band, Verdict
from tests import parquet

COLUMNS = """NULL::VARCHAR AS supplier_sku, NULL::VARCHAR AS ean, NULL::VARCHAR AS name, NULL::INTEGER AS delivery_days,
  'PLN' AS currency"""
AT = datetime(2026, 11, 24, 5, 5, tzinfo=UTC)
FULL = [n % 5 + 1 for n in range(990)] + [0] * 10
HALF = [0] * 500 + FULL[500:]
Stocks = Sequence[int | None]


def relation(query: str) -> Any:
    return duckdb.sql(query)


class Gate:
    """Snapshots of n items each; item n has the key K<n>."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def offers(self, name: str, stocks: Stocks, price: str = "10", available: str = "NULL") -> Path:
        path = self.folder / f"{name}.parquet"
        relation(
            f"SELECT {COLUMNS}, 'K' || n AS sku, stock AS stock_quantity, {available}::BOOLEAN AS is_available,"
            f" ({price})::DECIMAL(18, 4) AS purchase_price"
            f" FROM (SELECT unnest(range({len(stocks)})) AS n, unnest({[-1 if s is None else s for s in stocks]}"
            "::BIGINT[]) AS stock) WHERE stock >= 0"
        ).write_parquet(str(path))
        return path

    def linked(self, first: int, last: int) -> Path:
        path = self.folder / "linked.parquet"
        relation(f"SELECT 'K' || n AS offer_key FROM range({first}, {last}) r(n)").write_parquet(str(path))
        return path

    def recent(self, keys: Sequence[str], days: float = 1, went_off_in: str = "f6-1") -> Path:
        path = self.folder / "recent.parquet"
        at = (AT - timedelta(days=days)).replace(tzinfo=None)
        relation(
            f"SELECT unnest({list(keys)}) AS offer_key, TIMESTAMP '{at}' AS last_available_at,"
            f" '{went_off_in}' AS went_off_in"
        ).write_parquet(str(path))
        return path

    def judge(
        self,
        last: Stocks | None,
        new: Stocks,
        linked: tuple[int, int] | None = None,
        *,
        settings: FeedGate | None = None,
        **more: Any,
    ) -> Verdict:
        before = None
        if last is not None:
            prices = more.pop("last_price", "10")
            before = Before(offers=self.offers("last", last, prices), fetched_at=AT - timedelta(hours=1), **more)
        rows = self.linked(*linked) if linked else None
        new_offers = self.offers("new", new, more.get("price", "10"))
        judged = Judged(offers=new_offers, id="f6-9", fetched_at=AT, recent_to=self.folder / "recent_now.parquet")
        return judge(judged, before, rows, settings or FeedGate())


@pytest.fixture
def gate(tmp_path: Path) -> Gate:
    return Gate(tmp_path)


def test_nothing_changed(gate: Gate) -> None:
    assert gate.judge([5] * 100, [5] * 100).status == "passed"


def test_the_first_snapshot_has_only_a_floor(gate: Gate) -> None:
    assert gate.judge(None, [5]).status == "passed"
    assert gate.judge(None, [0, 0]).status == "quarantined"


@pytest.mark.parametrize("new", [[], [0] * 10])
def test_no_available_item_is_always_quarantined(gate: Gate, new: Sequence[int | None]) -> None:
    verdict = gate.judge([5] * 10, new)
    assert (verdict.status, verdict.reason) == (
        "quarantined",
        f"no item is available (of {len(new)} in the feed)",
    )


@pytest.mark.parametrize(
    ("lost", "status"), [(0, "passed"), (49, "passed"), (50, "warned"), (99, "warned"), (100, "quarantined")]
)
@pytest.mark.parametrize("how", [0, None], ids=["unavailable", "gone"])
def test_shares_of_what_was_available(gate: Gate, lost: int, status: str, how: int | None) -> None:
    assert gate.judge([5] * 1000, [how] * lost + [5] * (1000 - lost)).status == status


ONE_CODE = "CASE n WHEN 3 THEN 5901234123457 ELSE 10 + n END"  # a row whose cells have moved: a barcode as its price


@pytest.mark.parametrize("last", [None, [5] * 100])
def test_a_code_in_the_column_of_prices_is_measured_like_any_price(gate: Gate, last: Stocks | None) -> None:
    assert gate.judge(last, [5] * 100, price=ONE_CODE, last_price=ONE_CODE).status == "passed"


def test_such_a_code_in_a_file_with_changes_only(gate: Gate) -> None:
    new = gate.offers("new", [5] * 100, ONE_CODE)
    changes = gate.folder / "changes.parquet"
    relation(f"SELECT *, TIMESTAMP '{AT:%Y-%m-%d %H:%M}' AS given_at FROM '{new}'").write_parquet(str(changes))
    before = Before(offers=gate.offers("last", [5] * 100, ONE_CODE), fetched_at=AT - timedelta(hours=1))
    judged = Judged(offers=new, fetched_at=AT, changes=changes)
    assert judge(judged, before, None, FeedGate()).status == "passed"


def test_what_was_not_available_does_not_count(gate: Gate) -> None:
    verdict = gate.judge([5] * 100 + [0] * 900, [5] * 100)
    assert (verdict.status, verdict.numbers.step.available) == ("passed", 100)


def test_the_worse_of_feed_and_linked_decides(gate: Gate) -> None:
    verdict = gate.judge([5] * 1000, [0] * 40 + [5] * 960, linked=(0, 200))
    assert (verdict.status, verdict.numbers.step.linked_share) == ("quarantined", 0.2)


def test_few_linked_items_only_warn(gate: Gate) -> None:
    assert gate.judge([5] * 1000, [0] * 500 + [5] * 500, linked=(481, 1000)).status == "warned"
    assert gate.judge([5] * 1000, [0] * 500 + [5] * 500, linked=(480, 1000)).status == "quarantined"


def test_available_without_a_quantity_is_available(gate: Gate) -> None:
    new = gate.offers("words", [7], available="true")
    relation(f"SELECT * REPLACE (NULL::BIGINT AS stock_quantity) FROM '{new}'").write_parquet(str(new) + "2")
    assert judge(Judged(offers=Path(f"{new}2")), None, None, FeedGate()).numbers.available == 1


def test_the_reason_holds_the_numbers(gate: Gate) -> None:
    assert gate.judge([5] * 1000, [0] * 60 + [None] * 90 + [5] * 850).reason == (
        "150 of 1,000 items that were available (15.0%) are gone (90) or no longer available (60);"
        " of linked ones 150 of 1,000 (15.0%); stopped from 10.0%"
    )


def test_fewer_available_items_than_the_floor_are_quarantined(gate: Gate) -> None:
    assert gate.judge(None, [5] * 9, settings=FeedGate(min_available=10)).status == "quarantined"


@pytest.mark.parametrize(("baseline", "lost"), [("day", 200), ("week", 300)])
def test_a_creep_is_stopped_by_the_high_water_mark(gate: Gate, baseline: str, lost: int) -> None:
    mark: dict[str, Any] = {baseline: gate.offers(baseline, [5] * 1000)}
    almost, too_much = [0] * (lost - 1) + [5] * (1001 - lost), [0] * lost + [5] * (1000 - lost)
    last = [0] * (lost - 60) + [5] * (1060 - lost)
    assert gate.judge(last, almost, **mark).status == "warned"
    assert gate.judge(last, too_much, **mark).status == "quarantined"


@pytest.mark.parametrize(("gained", "status"), [(159, "passed"), (160, "quarantined")])
def test_much_that_comes_on_at_once_is_stopped(gate: Gate, gained: int, status: str) -> None:
    last = [5] * 800 + [0] * 1000
    assert gate.judge(last, [5] * (800 + gained) + [0] * (1000 - gained)).status == status


@pytest.mark.parametrize(("days", "status"), [(13, "passed"), (15, "quarantined")])
def test_what_was_available_within_14_days_may_come_back(gate: Gate, days: float, status: str) -> None:
    recent = gate.recent([f"K{n}" for n in range(500)], days)
    assert gate.judge(HALF, FULL, recent=recent).status == status


def test_what_is_not_there_now_is_remembered_for_14_days(gate: Gate) -> None:
    gate.judge([5] * 10 + [0] * 10, [0] * 5 + [5] * 15, recent=gate.recent(["K12", "OLD"], 13))
    rows = parquet.read(gate.folder / "recent_now.parquet")
    assert sorted((row["offer_key"], row["went_off_in"]) for row in rows) == [
        *((f"K{n}", "f6-9") for n in range(5)),
        ("OLD", "f6-1"),
    ]


def test_a_column_that_became_constant_is_stopped(gate: Gate) -> None:
    stocks = [n % 7 + 1 for n in range(1000)]
    verdict = gate.judge(stocks, [999] * 1000)
    assert (verdict.status, verdict.numbers.constant) == ("quarantined", {"stock_quantity": 1000})


def test_a_column_that_was_nearly_constant_may_become_so(gate: Gate) -> None:
    assert gate.judge([1] * 30 + [2] * 970, [2] * 1000).status == "passed"


def test_a_feed_that_lists_no_zero_any_more_is_stopped(gate: Gate) -> None:
    stocks = [0 if n % 8 == 0 else n % 5 + 1 for n in range(1000)]
    assert gate.judge(stocks, [stock or 3 for stock in stocks]).numbers.constant == {"availability": 125}


@pytest.mark.parametrize(("factor", "status"), [("1.29", "passed"), ("1.31", "quarantined"), ("0.01", "quarantined")])
def test_prices_that_moved(gate: Gate, factor: str, status: str) -> None:
    verdict = gate.judge([5] * 1000, [5] * 1000, last_price="n + 1", price=f"(n + 1) * {factor}")
    assert verdict.status == status


@pytest.mark.parametrize(("share", "status"), [(0.02, "quarantined"), (0.035, "warned"), (0.2, "warned")])
def test_a_calm_feed_is_stopped_earlier_but_never_below_the_warning(gate: Gate, share: float, status: str) -> None:
    lost = [0] * 60 + [5] * 940
    assert gate.judge([5] * 1000, lost, band=Band(lost=2 * share)).status == status
    assert gate.judge([5] * 1000, [0] * 49 + [5] * 951, band=Band(lost=2 * share)).status == "passed"


def test_learning_can_be_switched_off(gate: Gate) -> None:
    settings = FeedGate(learn=False)
    assert gate.judge([5] * 1000, [0] * 60 + [5] * 940, band=Band(lost=0.02), settings=settings).status == "warned"


def test_what_comes_on_is_measured_by_the_feeds_own_history_too(gate: Gate) -> None:
    last, new = [5] * 1000 + [0] * 1000, [5] * 1060 + [0] * 940
    assert gate.judge(last, new).status == "passed"
    assert gate.judge(last, new, band=Band(lost=0.01, gained=0.01)).status == "quarantined"


def test_what_a_person_let_go_may_come_back_at_once(gate: Gate) -> None:
    recent = gate.recent([f"K{n}" for n in range(500)], 3, "f6-approved")
    more: dict[str, Any] = {"recent": recent, "band": Band(lost=0.01, gained=0.01)}
    assert gate.judge(HALF, FULL, **more).status == "quarantined"
    assert gate.judge(HALF, FULL, approved=["f6-approved"], **more).status == "passed"


def test_what_went_is_shown_linked_items_first(gate: Gate) -> None:
    went = gate.judge([5] * 1000, [None] * 500 + [5] * 500, linked=(400, 1000)).went
    assert (len(went), went[0]["item"], went[0]["change"], went[0]["linked"]) == (50, "K400", "gone", True)


@pytest.mark.parametrize(("seconded", "status"), [(False, "waiting"), (True, "warned")])
def test_a_middling_loss_waits_for_a_second_file(gate: Gate, seconded: bool, status: str) -> None:
    lost = [0] * 60 + [5] * 940
    assert gate.judge([5] * 1000, lost, seconded=seconded).status == status
    assert gate.judge([5] * 1000, lost, seconded=seconded, settings=FeedGate(second_look=False)).status == "warned"


def test_a_small_or_large_loss_does_not_wait(gate: Gate) -> None:
    assert gate.judge([5] * 1000, [0] * 49 + [5] * 951, seconded=False).status == "passed"
    assert gate.judge([5] * 1000, [0] * 100 + [5] * 900, seconded=False).status == "quarantined"
    assert gate.judge([5] * 300, [0] * 19 + [5] * 281, seconded=False).status == "warned"
