"""What counts as a fault, and what may be healed: on plain values."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from prefect.client.schemas.objects import StateType

from tasks.operations.faults import Found, PlaceSeen, QueueSeen, RunSeen, Seen, judge
from tasks.operations.model import PrefectRun

NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
FLOW = uuid4()


def queue(waiting: int = 0, late: float = 0, *, paused: bool = False, asked: float | None = 0) -> QueueSeen:
    oldest = NOW - late * MINUTE if waiting else None
    return QueueSeen("rexbit/import", paused, None, waiting, oldest, None if asked is None else NOW - asked * MINUTE)


def at_work(
    state: StateType = StateType.RUNNING, minutes: float = 30, beats: tuple[float, ...] = (0.1, 0.6)
) -> RunSeen:
    run = PrefectRun(uuid4(), "import acme", uuid4(), state)
    return RunSeen(run, "import-feed/acme", NOW - minutes * MINUTE, [NOW - beat * MINUTE for beat in beats])


def kinds(found: Found) -> list[str]:
    return [fault.kind for fault in found.faults]


def seen_silent(run: RunSeen, minutes_ago: float) -> Found:
    """Judge twice: as it was seen first, and `minutes_ago` later."""
    first = judge(Seen(NOW, runs=[run]), {}, 100)
    known = {fault.key: NOW - minutes_ago * MINUTE for fault in first.faults}
    return judge(Seen(NOW, runs=[run]), known, 100)


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        (queue(100, 1), []),
        (queue(101, 1), ["queue_full"]),
        (queue(1, 11), ["queue_late"]),
        (queue(1, 11, paused=True), []),
    ],
)
def test_queues(seen: QueueSeen, expected: list[str]) -> None:
    assert kinds(judge(Seen(NOW, queues=[seen]), {}, 100)) == expected


@pytest.mark.parametrize(("asked", "word"), [(None, "No worker asked"), (20, "No worker asked"), (0, "cancel one")])
def test_a_late_queue_says_what_to_do(asked: float | None, word: str) -> None:
    assert word in judge(Seen(NOW, queues=[queue(1, 11, asked=asked)]), {}, 100).faults[0].words


def waiting(late: float, parameters: str = "acme", **more: Any) -> PrefectRun:
    given = {"deployment_id": FLOW, "state_name": "Late", "by_schedule": True, "queue": "rexbit/import", **more}
    due = NOW - late * MINUTE
    return PrefectRun(uuid4(), "x", FLOW, StateType.SCHEDULED, parameters={"feed": parameters}, due=due, **given)


@pytest.mark.parametrize(
    "other",
    [
        {"deployment_id": uuid4()},
        {"parameters": "beta"},
        {"by_schedule": False},  # a person started it
        {"state_name": "AwaitingRetry"},  # it has begun already
        {"queue": "rexbit/other"},
    ],
)
def test_of_runs_that_wait_for_the_same_the_earliest_stays(other: dict[str, Any]) -> None:
    first, second, third = waiting(180), waiting(120), waiting(60)
    judged = judge(Seen(NOW, waiting=[third, waiting(90, **other), second, first]), {}, 100)
    assert judged.doubles == [second, third]


def test_a_run_with_heartbeats_is_well() -> None:
    assert judge(Seen(NOW, runs=[at_work()]), {}, 100) == Found()


def test_a_silent_run_is_only_remembered_at_first() -> None:
    found = judge(Seen(NOW, runs=[at_work(beats=(3, 3.5))]), {}, 100)
    assert (kinds(found), found.faults[0].is_told, found.dead) == (["run_silent"], False, [])


@pytest.mark.parametrize(("minutes", "dead"), [(3, 0), (5, 1)])
def test_a_second_look_with_the_same_last_heartbeat_finds_it_dead(minutes: float, dead: int) -> None:
    assert len(seen_silent(at_work(beats=(8, 8.5)), minutes).dead) == dead


def test_a_run_with_slow_heartbeats_is_given_longer() -> None:
    assert seen_silent(at_work(beats=(13, 16)), 11).dead == []
    assert len(seen_silent(at_work(beats=(13, 16)), 13).dead) == 1


def test_a_new_heartbeat_begins_anew() -> None:
    run = at_work(beats=(8, 8.5))
    known = {fault.key: NOW - 5 * MINUTE for fault in judge(Seen(NOW, runs=[run]), {}, 100).faults}
    later = RunSeen(run.run, run.title, run.since, [NOW - 3 * MINUTE, NOW - 3.5 * MINUTE])
    assert judge(Seen(NOW, runs=[later]), known, 100).dead == []


def test_our_lease_proves_that_a_silent_run_works() -> None:
    run = at_work(beats=(60, 60.5))
    assert judge(Seen(NOW, runs=[run], working={str(run.run.id): "acme"}), {}, 100) == Found()


def test_a_run_that_never_gave_a_sign_is_dead_after_an_hour() -> None:
    run = at_work(minutes=80, beats=())
    assert seen_silent(run, 30).dead == []
    assert len(seen_silent(run, 61).dead) == 1


@pytest.mark.parametrize(("minutes", "dead"), [(9, 0), (11, 1)])
def test_a_run_that_was_taken_and_never_begun(minutes: float, dead: int) -> None:
    assert len(judge(Seen(NOW, runs=[at_work(StateType.PENDING, minutes, ())]), {}, 100).dead) == dead


def test_a_run_that_takes_hours_is_told_and_left() -> None:
    found = judge(Seen(NOW, runs=[at_work(minutes=121)]), {}, 100)
    assert (kinds(found), found.dead) == (["run_long"], [])


@pytest.mark.parametrize(("minutes", "freed"), [(5, 0), (10, 1)])
def test_a_place_is_freed_when_nobody_held_it_for_long(minutes: float, freed: int) -> None:
    place = PlaceSeen("deployment:1", "import-feed/acme", taken=1, runs=0)
    found = judge(Seen(NOW, places=[place]), {"place_held:deployment:1": NOW - minutes * MINUTE}, 100)
    assert len(found.places) == freed


def test_a_place_of_a_run_at_work_is_its_own() -> None:
    place = PlaceSeen("deployment:1", "import-feed/acme", taken=1, runs=1)
    assert judge(Seen(NOW, places=[place]), {"place_held:deployment:1": NOW - 60 * MINUTE}, 100) == Found()


def test_a_run_that_works_on_after_its_end_is_told() -> None:
    ended = {"r1": ("Crashed", NOW - 11 * MINUTE)}
    assert kinds(judge(Seen(NOW, working={"r1": "acme"}, ended=ended), {}, 100)) == ["run_overtime"]
