"""What a feed's good snapshots say about it: its high-water marks, how much it changes by itself, how often it comes.

The rules, on the snapshots of 90 days (the newest 500):
- A step's usual size is the 95th percentile of the shares that passed steps lost (or gained). From 20 steps on, a step
  of twice that size is too much. After a silence of n usual (median) intervals a step may be sqrt(n) times as large, as
  chance adds up, and teaches so much less. Approved steps are exceptions and teach nothing.
- A feed is stale when nothing confirmed it for three times the 95th percentile of its intervals, at least 48 hours.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from pydantic import BaseModel

from tasks.feeds.gate.verdict import Band, Numbers
from tasks.state import StateDatabase

DAYS = 90
ENOUGH_STEPS = 20
ENOUGH_INTERVALS = 5
TIMES_USUAL = 2
LEAST_STALE = timedelta(hours=48)
TIMES_INTERVAL = 3


class Step(BaseModel):
    """A good snapshot; `lost` and `gained` are the shares that it was judged by, None where it wasn't (the first)."""

    id: str
    fetched_at: datetime
    available: int
    approved: bool = False
    lost: float | None = None
    gained: float | None = None


def steps(state: StateDatabase, integration_id: int, now: datetime, part: str = "") -> list[Step]:
    """The good snapshots of the last 90 days, newest first."""
    values = {"integration_id": integration_id, "part": part, "since": now - timedelta(days=DAYS)}
    with state.session(read_only=True) as session:
        rows = session.execute("snapshot_history", values)
    return [_step(row) for row in rows]


def _step(row: dict[str, object]) -> Step:
    numbers = Numbers.model_validate(json.loads(str(row["numbers"]))) if row["numbers"] else None
    told = numbers is not None and bool(numbers.step.available)
    return Step(
        id=str(row["id"]),
        fetched_at=row["fetched_at"],
        available=row["available"],
        approved=row["approved_at"] is not None,
        lost=numbers.step.share if numbers and told else None,
        gained=numbers.gained_share if numbers and told else None,
    )


def high_water(past: Sequence[Step], now: datetime, hours: float) -> Step | None:
    """The snapshot with the most available items within `hours`, or in force when they began; the newest of equals.

    What stood before the newest approved snapshot doesn't count: a person said that this is the feed now.
    """
    since, counting = now - timedelta(hours=hours), []
    for step in past:
        counting.append(step)
        if step.approved or step.fetched_at < since:
            break
    return max(counting, key=lambda step: step.available) if counting else None


def approved_ids(past: Sequence[Step]) -> list[str]:
    """The snapshots that a person approved."""
    return [step.id for step in past if step.approved]


def band(past: Sequence[Step], now: datetime) -> Band:
    """How much a step may lose or gain, by this feed's own history; see the rules above."""
    usual = usual_interval(past)
    if not past or usual is None:
        return Band()
    told = [
        (newer, _growth(newer.fetched_at - older.fetched_at, usual))
        for newer, older in pairwise(past)
        if not newer.approved
    ]
    lost = [step.lost / times for step, times in told if step.lost is not None]
    gained = [step.gained / times for step, times in told if step.gained is not None]
    if len(lost) < ENOUGH_STEPS:
        return Band()
    since_last = TIMES_USUAL * _growth(now - past[0].fetched_at, usual)
    return Band(lost=percentile(lost, 0.95) * since_last, gained=percentile(gained, 0.95) * since_last)


def stale_after(past: Sequence[Step]) -> timedelta:
    """How long a feed may stay unconfirmed before a person hears of it."""
    gaps = _gaps(past)
    if len(gaps) < ENOUGH_INTERVALS:
        return LEAST_STALE
    return max(LEAST_STALE, TIMES_INTERVAL * timedelta(seconds=percentile(gaps, 0.95)))


def usual_interval(past: Sequence[Step]) -> timedelta | None:
    """The median time between good snapshots; None before there are enough."""
    gaps = _gaps(past)
    return timedelta(seconds=median(gaps)) if len(gaps) >= ENOUGH_INTERVALS else None


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest of the values that at least `share` of them don't exceed."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def _gaps(past: Sequence[Step]) -> list[float]:
    return [(newer.fetched_at - older.fetched_at).total_seconds() for newer, older in pairwise(past)]


def _growth(silence: timedelta, usual: timedelta) -> float:
    return math.sqrt(max(1.0, silence / usual)) if usual else 1.0
