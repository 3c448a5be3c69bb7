"""A fault is told once, and once that it is over; on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tasks.operations import alerts
from tasks.operations.faults import Fault
from tasks.state import StateDatabase

NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
LATE = Fault("queue_late:rexbit/import", "queue_late", "queue rexbit/import", "Runs are late")
SILENT = Fault("run_silent:1", "run_silent", "acme", "acme: silent")


def look(state: StateDatabase, *faults: Fault, minutes: float = 0) -> tuple[list[str], list[str]]:
    """The kinds that one look tells, new and over."""
    before = alerts.known(state)
    new, over = alerts.changes(before, faults)
    alerts.remember(state, before, faults, NOW + timedelta(minutes=minutes))
    return [one.kind for one in new], [one.kind for one in over]


def test_a_fault_is_told_once_and_once_when_over(state: StateDatabase) -> None:
    looks = [look(state, LATE), look(state, LATE), look(state), look(state), look(state, LATE)]
    assert looks == [(["queue_late"], []), ([], []), ([], ["healed"]), ([], []), (["queue_late"], [])]


def test_what_may_heal_is_remembered_since_when_and_told_to_nobody(state: StateDatabase) -> None:
    assert [look(state, SILENT), look(state, SILENT, minutes=5)] == [([], []), ([], [])]
    assert alerts.known(state)[SILENT.key]["since"] == NOW
    assert look(state) == ([], [])


@pytest.mark.slow
def test_broken_off_before_it_was_remembered_it_is_told_again(state: StateDatabase) -> None:
    new, _ = alerts.changes(alerts.known(state), [LATE])
    assert new == alerts.changes(alerts.known(state), [LATE])[0]


@pytest.mark.slow
@pytest.mark.parametrize(("minutes", "told"), [(5, 0), (25, 1)])
def test_the_watchdog_says_that_it_looks_again(state: StateDatabase, minutes: float, told: int) -> None:
    with state.session() as session:
        run = {"id": "before", "flow": alerts.FLOW, "integration_id": None, "started_at": NOW}
        session.execute("run_started", run)
        end = {"id": "before", "ended_at": NOW, "status": "completed", "summary": "{}", "message": ""}
        session.execute("run_ended", end)
    assert len(alerts.looks_again(state, "now", NOW + timedelta(minutes=minutes))) == told


def test_one_cause_that_strikes_many_makes_few_messages() -> None:
    many = [alerts.News("run_failed", str(n), f"import-feed/{n}", f"words of {n}") for n in range(20)]
    one = alerts.News("queue_late", "x", "queue x", "late")
    told = alerts.few([*many, one])
    assert [(news.kind, news.title) for news in told] == [("run_failed", "20 at once"), ("queue_late", "queue x")]
    assert ("words of 4" in told[0].words, "words of 5" in told[0].words, "import-feed/19" in told[0].words) == (
        True,
        False,
        True,
    )
    assert alerts.few(many[:5]) == many[:5]
