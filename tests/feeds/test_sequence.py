"""The gate over files as they would have been read: each after the ones that were believed before it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from tasks.feeds.inspecting.sequence import Sequence
from tasks.feeds.snapshots import Snapshot
from tests import parquet
from tests.feeds.conftest import csv_feed

FIRST = datetime(2026, 11, 1, 5, tzinfo=UTC)
ITEMS = 400


def file_of(folder: Path, hour: int, stocks: list[int]) -> Snapshot:
    place = folder / str(hour)
    place.mkdir()
    offers = [{"row_number": n, "sku": f"A{n}", "stock_quantity": stock} for n, stock in enumerate(stocks)]
    path = parquet.write(place / "offers.parquet", parquet.OFFERS, offers)
    return Snapshot(
        id=f"f6-{hour}",
        integration_id=6,
        content_hash=str(hour),
        settings_hash="",
        fetched_at=FIRST + timedelta(hours=hour),
        offers=path,
        rejects=path,
        rows_read=len(stocks),
        rows_rejected=0,
    )


def verdicts(folder: Path, files: list[list[int]], approved: int | None = None) -> list[str]:
    linked = parquet.write(
        folder / "linked.parquet", "offer_key VARCHAR", [{"offer_key": f"A{n}"} for n in range(ITEMS)]
    )
    sequence = Sequence(csv_feed("unread.csv"), linked)
    return [
        sequence.judge(file_of(folder, hour, stocks), approved=hour == approved).status
        for hour, stocks in enumerate(files)
    ]


FULL = [n % 9 + 1 for n in range(100)]
LOST = [0] * 50 + FULL[50:]
MANY = FULL * 4
A_LITTLE_LOST = [0] * 30 + MANY[30:]  # 7.5 %


def test_a_stopped_file_is_nothing_to_compare_with(tmp_path: Path) -> None:
    assert verdicts(tmp_path, [FULL, LOST, LOST, FULL]) == ["passed", "quarantined", "quarantined", "passed"]


def test_what_a_person_approved_then_is_what_the_next_one_follows(tmp_path: Path) -> None:
    assert verdicts(tmp_path, [FULL, LOST, LOST], approved=1) == ["passed", "quarantined", "passed"]


def test_a_second_file_confirms_a_waiting_one(tmp_path: Path) -> None:
    files = [MANY, A_LITTLE_LOST, [*A_LITTLE_LOST[:-1], 3], MANY]
    assert verdicts(tmp_path, files) == ["passed", "waiting", "warned", "passed"]


def test_small_losses_add_up_within_a_day(tmp_path: Path) -> None:
    files = [[0] * (16 * step) + MANY[16 * step :] for step in range(7)]  # 4 % a step, 20 % within 24 hours
    assert verdicts(tmp_path, files) == [*["passed"] * 5, "quarantined", "quarantined"]
