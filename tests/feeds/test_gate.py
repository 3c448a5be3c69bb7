"""The gate counts what was available, over the feed and over linked items."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest

from blocks import FeedGate
from tasks.feeds.gate import Verdict, judge


def relation(query: str) -> Any:
    return duckdb.sql(query)


class Gate:
    """Snapshots of n items each; item n has the key K<n>."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def offers(self, name: str, stocks: Sequence[int | None], available: bool | None = None) -> Path:
        path = self.folder / f"{name}.parquet"
        relation(
            "SELECT NULL::VARCHAR AS supplier_sku, 'K' || n AS sku, NULL::VARCHAR AS ean, stock AS stock_quantity,"
            f" {'NULL' if available is None else available}::BOOLEAN AS is_available"
            f" FROM (SELECT unnest(range({len(stocks)})) AS n, unnest({[-1 if s is None else s for s in stocks]}"
            "::BIGINT[]) AS stock) WHERE stock >= 0"
        ).write_parquet(str(path))
        return path

    def linked(self, first: int, last: int) -> Path:
        path = self.folder / "linked.parquet"
        relation(f"SELECT 'K' || n AS offer_key FROM range({first}, {last}) r(n)").write_parquet(str(path))
        return path

    def judge(
        self, last: Sequence[int | None] | None, new: Sequence[int | None], linked: tuple[int, int] | None = None
    ) -> Verdict:
        last_offers = self.offers("last", last) if last is not None else None
        rows = self.linked(*linked) if linked else None
        return judge(self.offers("new", new), last_offers, rows, FeedGate())


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


def test_what_was_not_available_does_not_count(gate: Gate) -> None:
    verdict = gate.judge([5] * 100 + [0] * 900, [5] * 100)
    assert (verdict.status, verdict.numbers.last_available) == ("passed", 100)


def test_the_worse_of_feed_and_linked_decides(gate: Gate) -> None:
    verdict = gate.judge([5] * 1000, [0] * 40 + [5] * 960, linked=(0, 200))
    assert (verdict.status, verdict.numbers.linked_share) == ("quarantined", 0.2)


def test_few_linked_items_only_warn(gate: Gate) -> None:
    assert gate.judge([5] * 1000, [0] * 500 + [5] * 500, linked=(481, 1000)).status == "warned"
    assert gate.judge([5] * 1000, [0] * 500 + [5] * 500, linked=(480, 1000)).status == "quarantined"


def test_available_without_a_quantity_is_available(gate: Gate) -> None:
    new = gate.folder / "words.parquet"
    relation(
        "SELECT NULL::VARCHAR AS supplier_sku, 'K0' AS sku, NULL::VARCHAR AS ean, NULL::BIGINT AS stock_quantity,"
        " true AS is_available"
    ).write_parquet(str(new))
    assert judge(new, None, None, FeedGate()).numbers.available == 1


def test_the_reason_holds_the_numbers(gate: Gate) -> None:
    assert gate.judge([5] * 1000, [0] * 60 + [None] * 90 + [5] * 850).reason == (
        "150 of 1,000 items that were available (15.0%) are gone (90) or no longer available (60);"
        " of linked ones 150 of 1,000 (15.0%); stopped from 10%"
    )
