"""What is remembered of others' changes: each once, only what was really put right, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tasks.availability import edits
from tasks.availability.drifting import Drift
from tasks.availability.known import read_known
from tasks.run import Run
from tasks.state import StateDatabase
from tasks.summaries import SyncSummary
from tests import parquet

ROW = "id_product BIGINT, id_product_attribute BIGINT, id_lang INTEGER, field VARCHAR"
JUDGED = f"{ROW}, thing VARCHAR, found VARCHAR, ours VARCHAR, wanted VARCHAR, was VARCHAR, found_at TIMESTAMP,"
JUDGED += " kept_until TIMESTAMP, times TIMESTAMP[], is_known BOOLEAN"
ENDED = f"{ROW}, run_id VARCHAR, thing VARCHAR, found VARCHAR, was VARCHAR, why VARCHAR"
TEXT: dict[str, Any] = {
    "id_product": 1,
    "id_product_attribute": 0,
    "id_lang": 1,
    "field": "available_later",
    "thing": "t",
}
POLICY = SimpleNamespace(ageing=SimpleNamespace(is_on=False))
SHOP: Any = SimpleNamespace(timezone="Europe/Warsaw", integration_id=7, policy=POLICY)


@pytest.fixture
def run(state: StateDatabase, tmp_path: Path) -> Iterator[Run[SyncSummary]]:
    with ThreadPoolExecutor(max_workers=1) as pool:
        yield Run("sync-availability", "sklep", 7, SyncSummary(), state, tmp_path, pool)


def record(run: Run[SyncSummary], was: str, outcome: str | None = None, why: str | None = None, **more: Any) -> None:
    """Write down what became of one text; `why`: a row of the run `earlier` is over if that was written."""
    now = run.started_at.astimezone(UTC).replace(tzinfo=None)
    told = {"found": "ERP", "ours": "3 dni", "wanted": "3 dni", "found_at": now, "times": [now], "is_known": False}
    ended = [{**TEXT, "run_id": "earlier", "found": "ERP", "was": "kept", "why": why}] if why else []
    done = [{**{name: TEXT[name] for name in TEXT if name != "thing"}, "outcome": outcome}] if outcome else []
    drift = Drift(
        judged=parquet.write(run.folder / "judged.parquet", JUDGED, [{**TEXT, **told, "was": was, **more}]),
        ended=parquet.write(run.folder / "ended.parquet", ENDED, ended),
        **dict.fromkeys(("drifted", "repaired", "kept", "contested", "idle", "switched"), 0),
        by_field=[],
    )
    outcomes = parquet.write(run.folder / "outcomes.parquet", f"{ROW}, outcome VARCHAR", done)
    edits.write_down(run, SHOP, drift, outcomes)


def remembered(run: Run[SyncSummary]) -> list[tuple[str, str, bool]]:
    rows = parquet.read(run.state.read("shop_edits", run.folder / "remembered.parquet"))
    return sorted((row["run_id"], row["was"], row["ended_at"] is None) for row in rows)


def test_a_repair_that_is_recorded_again_counts_once(run: Run[SyncSummary]) -> None:
    for _ in range(2):
        record(run, "repaired", "written")
    assert (remembered(run), run.summary.repaired) == ([(run.id, "repaired", False)], 1)


@pytest.mark.slow
@pytest.mark.parametrize("outcome", ["left", "failed", None])
def test_what_was_not_put_right_is_no_repair(run: Run[SyncSummary], outcome: str | None) -> None:
    record(run, "repaired", outcome)
    assert (remembered(run), run.summary.repaired) == ([], 0)


@pytest.mark.slow
@pytest.mark.parametrize(("outcome", "is_open"), [("written", False), ("left", True)])
def test_what_was_kept_is_over_once_ours_is_written(run: Run[SyncSummary], outcome: str, is_open: bool) -> None:
    now = run.id
    run.id = "earlier"
    record(run, "kept")
    run.id = now
    record(run, "repaired", outcome, why="over")
    assert ("earlier", "kept", is_open) in remembered(run)


@pytest.mark.slow
def test_a_known_change_is_not_written_down_again(run: Run[SyncSummary]) -> None:
    record(run, "kept", is_known=True)
    assert remembered(run) == []


@pytest.mark.slow
def test_what_is_long_over_is_forgotten(run: Run[SyncSummary]) -> None:
    now, run.id = run.started_at, "earlier"
    run.started_at = now - timedelta(days=91)
    record(run, "repaired", "written")
    run.id, run.started_at = "later", now
    record(run, "kept")
    assert remembered(run) == [("later", "kept", True)]


@pytest.mark.parametrize(
    ("was", "days_ago", "is_read"), [("repaired", 3, False), ("repaired", 0.9, True), ("kept", 99, True)]
)
def test_a_sync_reads_what_is_left_so_and_what_was_put_right_lately(
    run: Run[SyncSummary], was: str, days_ago: float, is_read: bool
) -> None:
    run.started_at -= timedelta(days=days_ago)
    record(run, was, "written")
    known = read_known(run.state, SHOP, run.folder)
    assert (known.edits is not None) == is_read
    assert not known.edits or [row["was"] for row in parquet.read(known.edits)] == [was]


@pytest.mark.slow
def test_times_are_told_in_the_shops_zone(run: Run[SyncSummary], monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(edits, "alert", lambda *words: told.append(words[-1]))
    at = datetime(2026, 11, 24, 5, 20)  # noqa: DTZ001  (as the files hold times: UTC without a zone)
    record(run, "contested", times=[at, at + timedelta(hours=1)], kept_until=at + timedelta(days=1))
    assert "product 1, available_later (2026-11-24 06:20, 2026-11-24 07:20)" in told[0]
    assert "Left alone until 2026-11-25 06:20" in told[0]
