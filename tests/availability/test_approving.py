"""Until when a change set can be approved, and which syncs a shop's news is told after."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import pytest

from tasks.availability import approving, holding
from tasks.errors import Refused
from tasks.run import Run
from tasks.state import StateDatabase
from tasks.summaries import SyncSummary


@pytest.fixture
def run(state: StateDatabase, tmp_path: Path) -> Iterator[Run[SyncSummary]]:
    with ThreadPoolExecutor(max_workers=1) as pool:
        yield Run("sync-availability", "sklep", 7, SyncSummary(), state, tmp_path, pool)


def hours_ago(run: Run[SyncSummary], hours: float) -> datetime:
    return run.started_at - timedelta(hours=hours)


def pinned(run: Run[SyncSummary], at: datetime) -> None:
    with run.state.session() as session:
        values = {"id": "p1", "integration_id": 7, "product_id": 1, "supplier_id": None, "kind": "on", "until": None}
        more = {"reason": "asked for", "decided_by": "Anna", "decided_at": at, "run_id": "r1"}
        session.execute("pin_made", values | more)


def test_a_pin_made_since_it_was_planned_stands_against_it(run: Run[SyncSummary]) -> None:
    pinned(run, hours_ago(run, 1))
    approving._refuse_overtaken(run, "c1", hours_ago(run, 0.5))
    with pytest.raises(Refused, match="since it was planned a person pinned"):
        approving._refuse_overtaken(run, "c1", hours_ago(run, 2))


def test_one_that_a_crash_cut_short_can_be_approved_again(run: Run[SyncSummary]) -> None:
    with run.state.session() as session:
        values = {"id": "c1", "integration_id": 7, "run_id": "r1", "begun_at": hours_ago(run, 1)}
        session.execute("change_set_begun", values)
    approving._refuse_overtaken(run, "c1", hours_ago(run, 2))
    with run.state.session() as session:
        session.execute("change_set_ended", {"id": "c1", "ended_at": hours_ago(run, 1)})
    with pytest.raises(Refused, match="applied already"):
        approving._refuse_overtaken(run, "c1", hours_ago(run, 2))


@pytest.mark.parametrize("status", ["completed", "failed", "running"])
def test_only_what_was_held_back_can_be_approved(run: Run[SyncSummary], status: str) -> None:
    ended(run, "r1", status)
    with pytest.raises(Refused, match=f"got one that is `{status}`"):
        approving._planned(run, "c1", {"run_id": "r1"})


def ended(run: Run[SyncSummary], name: str, status: str, **told: Any) -> None:
    """A sync before this one, the newest so far."""
    summary = json.dumps(SyncSummary(**told).model_dump(mode="json"))
    with run.state.session() as session:
        values = {"id": name, "flow": "sync-availability", "integration_id": 7, "started_at": session.now()}
        session.execute("run_started", values)
        if status != "running":
            at = {"id": name, "ended_at": session.now(), "status": status, "summary": summary, "message": ""}
            session.execute("run_ended", at)


@pytest.mark.parametrize(
    ("before", "was_held"),
    [
        ([], False),
        ([("completed", {})], False),
        ([("quarantined", {})], True),
        ([("quarantined", {}), ("unchanged", {})], False),
        ([("quarantined", {}), ("failed", {}), ("refused", {}), ("running", {})], True),
        ([("quarantined", {}), ("completed", {"dry_run": True})], True),
        ([("quarantined", {}), ("completed", {"limit": 3})], True),
        ([("quarantined", {}), ("completed", {"contractor": 5})], True),
        ([("completed", {}), ("quarantined", {"limit": 3})], False),
    ],
)
def test_the_sync_before_is_the_last_whole_one(
    run: Run[SyncSummary], before: list[tuple[str, dict[str, Any]]], was_held: bool
) -> None:
    for number, (status, told) in enumerate(before):
        ended(run, f"r{number}", status, **told)
    assert holding._was_held(run, "any") is was_held


@pytest.mark.slow
@pytest.mark.parametrize(
    ("before", "kind", "was_held"),
    [
        ([("quarantined", {"with_shop": True}), ("unchanged", {})], "shop", True),
        ([("quarantined", {"with_shop": True}), ("completed", {"approved": True})], "shop", False),
        ([("quarantined", {}), ("completed", {"with_shop": True})], "state", False),
        ([("quarantined", {}), ("quarantined", {"with_shop": True})], "state", True),
        ([("completed", {}), ("quarantined", {"with_shop": True})], "state", False),
    ],
)
def test_what_an_audit_stopped_for_no_other_sync_has_seen(
    run: Run[SyncSummary], before: list[tuple[str, dict[str, Any]]], kind: Literal["shop", "state"], was_held: bool
) -> None:
    for number, (status, told) in enumerate(before):
        ended(run, f"r{number}", status, **told)
    assert holding._was_held(run, kind) is was_held
