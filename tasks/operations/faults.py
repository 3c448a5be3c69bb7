"""What is wrong with queues, runs, places and leases: decided on plain values, by the clock of our database alone.

A run counts as dead only if three things hold: Prefect heard no heartbeat of it for long, two looks some minutes apart
found the very same last heartbeat (so that clocks that differ don't matter), and no lease of ours says that it works.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from prefect.client.schemas.objects import StateType

from tasks.operations.model import PrefectRun

LATE = timedelta(minutes=10)  # a run that waits longer has no worker, or a full queue before it
LONG = timedelta(hours=2)
PENDING = timedelta(minutes=10)  # taken by a worker that died, and never begun: it holds a place of its queue
LOOKS_APART = timedelta(minutes=4)  # a little less than the time between two looks
HEARTBEATS = 4  # so many may be lost
MUTE = timedelta(hours=1)  # of a run that has no rhythm yet: it died in its first seconds
PLACE = timedelta(minutes=9)  # Prefect gives a dead run's place back within five
OVERTIME = timedelta(minutes=10)
NOT_BEGUN = {"Scheduled", "Late"}  # a run that waits to be tried again is Scheduled in type, too

Kind = Literal["queue_full", "queue_late", "run_failed", "run_long", "run_overtime", "run_silent", "place_held"]
TOLD: frozenset[str] = frozenset({"queue_full", "queue_late", "run_failed", "run_long", "run_overtime"})


@dataclass(frozen=True)
class Fault:
    """Something wrong; `key` stays the same as long as it is the same fault."""

    key: str
    kind: Kind
    title: str
    words: str

    @property
    def is_told(self) -> bool:
        """Whether a person hears of it; the rest is only remembered, because the next looks will heal it."""
        return self.kind in TOLD


@dataclass(frozen=True)
class QueueSeen:
    """A work queue; `oldest`: since when the first of the waiting runs should have begun."""

    name: str
    paused: bool
    limit: int | None
    waiting: int
    oldest: datetime | None
    asked_at: datetime | None


@dataclass(frozen=True)
class RunSeen:
    """A run at work; `beats`: its last heartbeats, the newest first."""

    run: PrefectRun
    title: str
    since: datetime
    beats: Sequence[datetime] = ()


@dataclass(frozen=True)
class PlaceSeen:
    """The places of a deployment's limit: taken, as Prefect counts, and the runs that could hold one."""

    name: str
    title: str
    taken: int
    runs: int


@dataclass(frozen=True)
class FailedSeen:
    """A scheduled deployment whose newest run failed or died; `why` in words that hold no secret."""

    deployment_id: str
    title: str
    run: str
    ended_at: datetime | None
    why: str


@dataclass
class Seen:
    """One look. `working`: runs that hold a live lease of ours, with holder; `ended`: of these, ended at Prefect."""

    now: datetime
    queues: list[QueueSeen] = field(default_factory=list)
    waiting: list[PrefectRun] = field(default_factory=list)
    runs: list[RunSeen] = field(default_factory=list)
    places: list[PlaceSeen] = field(default_factory=list)
    failed: list[FailedSeen] = field(default_factory=list)
    working: Mapping[str, str] = field(default_factory=dict)
    ended: Mapping[str, tuple[str, datetime]] = field(default_factory=dict)


@dataclass
class Found:
    """Faults, and what may be healed now."""

    faults: list[Fault] = field(default_factory=list)
    dead: list[tuple[PrefectRun, str, str]] = field(default_factory=list)  # with title and words
    places: list[PlaceSeen] = field(default_factory=list)
    doubles: list[PrefectRun] = field(default_factory=list)


def judge(seen: Seen, known: Mapping[str, datetime], most: int) -> Found:
    """Judge what was seen; `known`: since when our database remembers a fault, by its key."""
    found = Found()
    for queue in seen.queues:
        found.faults += _queue(queue, seen.now, most)
    for one in seen.runs:
        _run(one, seen, known, found)
    for place in seen.places:
        _place(place, seen.now, known, found)
    found.doubles = doubles(seen.waiting)
    found.faults += [_failed(one) for one in seen.failed]
    found.faults += _overtime(seen)
    return found


def doubles(waiting: Iterable[PrefectRun]) -> list[PrefectRun]:
    """Of runs whose time has come, those of a schedule that do what an earlier one, which waits too, does.

    After some days without a worker they would all be worked off, one after the other, before anything new comes. The
    earliest stays: it is taken first, and works with what there is when it begins.
    """
    seen: set[tuple[str, str, str]] = set()
    found = []
    for run in sorted(waiting, key=lambda one: one.due.timestamp() if one.due else 0):
        same = (str(run.deployment_id), run.queue, json.dumps(run.parameters, sort_keys=True, default=str))
        if same in seen and run.by_schedule and run.state_name in NOT_BEGUN:
            found.append(run)
        seen.add(same)
    return found


def _queue(queue: QueueSeen, now: datetime, most: int) -> Iterable[Fault]:
    title = f"queue {queue.name}"
    if queue.waiting > most:
        words = f"{queue.waiting} runs wait in queue `{queue.name}`, expected at most {most}. {_way_out(queue, now)}"
        yield Fault(f"queue_full:{queue.name}", "queue_full", title, words)
    if queue.oldest and not queue.paused and now - queue.oldest > LATE:
        words = (
            f"Runs of queue `{queue.name}` are late: the first of {queue.waiting} should have begun at"
            f" {_shown(queue.oldest)}. {_way_out(queue, now)}"
        )
        yield Fault(f"queue_late:{queue.name}", "queue_late", title, words)


def _way_out(queue: QueueSeen, now: datetime) -> str:
    if queue.paused:
        return "The queue is paused: resume it under Work Pools, or switch off the schedules of its deployments"
    if queue.asked_at is None or now - queue.asked_at > LATE:
        asked = f"since {_shown(queue.asked_at)}" if queue.asked_at else "at all"
        return f"No worker asked for its runs {asked}: start the worker of this queue, or look at its log"
    full = f" (at most {queue.limit} of this queue at a time)" if queue.limit else ""
    return f"Its worker is there: look at the runs at work{full}, and cancel one that hangs"


def _run(one: RunSeen, seen: Seen, known: Mapping[str, datetime], found: Found) -> None:
    run, age = one.run, seen.now - one.since
    if str(run.id) in seen.working:
        silent = None
    elif run.kind == StateType.PENDING:
        if age > PENDING:
            found.dead.append((run, one.title, f"taken by a worker at {_shown(one.since)} and never begun"))
        return
    else:
        silent = _silence(one, seen.now)
    if silent:
        _silent(one, silent, seen, known, found)
    elif age > LONG and run.kind == StateType.RUNNING:
        words = (
            f"{one.title} is at work since {_shown(one.since)}, longer than {LONG / timedelta(hours=1):.0f} hours. Look"
            " at its log; cancel it if it hangs: what it has written is recorded, the next run goes on"
        )
        found.faults.append(Fault(f"run_long:{run.id}", "run_long", one.title, words))


def _silence(one: RunSeen, now: datetime) -> timedelta | None:
    """How long a run has to stay without a sign of life, from now on, to count as dead; None: it shows life."""
    if len(one.beats) < 2:
        return MUTE if now - one.since > LOOKS_APART else None
    allowed = HEARTBEATS * (one.beats[0] - one.beats[1])
    return max(LOOKS_APART, allowed) if now - one.beats[0] > allowed else None


def _silent(one: RunSeen, allowed: timedelta, seen: Seen, known: Mapping[str, datetime], found: Found) -> None:
    last = one.beats[0] if one.beats else None
    key = f"run_silent:{one.run.id}:{last.isoformat() if last else 'never'}"
    heard = f"its last sign of life came at {_shown(last)}" if last else "it never gave a sign of life"
    if key in known and seen.now - known[key] >= allowed:
        found.dead.append((one.run, one.title, heard))
    else:
        found.faults.append(Fault(key, "run_silent", one.title, f"{one.title}: {heard}"))


def _place(place: PlaceSeen, now: datetime, known: Mapping[str, datetime], found: Found) -> None:
    if place.taken <= place.runs:
        return
    key = f"place_held:{place.name}"
    if key in known and now - known[key] >= PLACE:
        found.places.append(place)
    else:
        words = f"{place.title}: {place.taken} places taken, {place.runs} runs at work"
        found.faults.append(Fault(key, "place_held", place.title, words))


def _failed(one: FailedSeen) -> Fault:
    words = (
        f"The last run of {one.title} (`{one.run}`, ended {_shown(one.ended_at)}) failed: {one.why} The next run"
        " comes by its schedule; retry-failed-runs starts it sooner"
    )
    return Fault(f"run_failed:{one.deployment_id}", "run_failed", one.title, words)


def _overtime(seen: Seen) -> Iterable[Fault]:
    for run_id, (name, ended_at) in seen.ended.items():
        if run_id in seen.working and seen.now - ended_at > OVERTIME:
            title = seen.working[run_id]
            words = (
                f"{title}: Prefect says `{name}` since {_shown(ended_at)}, but it still works and renews its lease;"
                " runs that follow wait for it. If it does not end by itself, restart the worker it runs on"
            )
            yield Fault(f"run_overtime:{run_id}", "run_overtime", title, words)


def _shown(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "never"
