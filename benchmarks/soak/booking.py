"""Which runs are due in which order, one deployment never twice at a time: a schedule at the pace of the machine."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from benchmarks.soak.server import Seen, Server

AHEAD = timedelta(seconds=12)  # a worker takes runs ten seconds before they are due
MOST_WAITING = 3  # runs that should have begun: with more, the machine is at its pace
LATE = timedelta(seconds=2)
LOOK_SECONDS = 0.5
JAMMED_SECONDS = 900  # nothing ended for so long: longer than any healing takes


@dataclass
class Booked:
    """A run that we wanted: `overlap`: so that it is cancelled, because another of its deployment works."""

    deployment: str
    id: str
    due: datetime
    overlap: bool = False
    seen: Seen | None = None


@dataclass
class Book:
    """All runs of a soak. `jammed`: what was waited for in vain; `held_back`: how often the machine set the pace."""

    server: Server
    ids: Mapping[str, str]
    pace: float
    watch: Callable[[Book], None] = lambda _: None
    runs: list[Booked] = field(default_factory=list)
    jammed: list[str] = field(default_factory=list)
    held_back: int = 0

    def open_runs(self) -> list[Booked]:
        """Those that haven't ended as far as we know."""
        return [run for run in self.runs if not (run.seen and run.seen.is_over)]

    def add(self, deployment: str, due: datetime | None = None, *, overlap: bool = False) -> Booked:
        """Book a run; without a time, as soon as a schedule could."""
        when = due or datetime.now(UTC) + AHEAD
        booked = Booked(deployment, self.server.book(self.ids[deployment], when), when, overlap)
        self.runs.append(booked)
        return booked

    def look(self) -> int:
        """See how the open runs are; returns how many ended since the last look."""
        waiting = self.open_runs()
        seen = self.server.runs([run.id for run in waiting])
        for run in waiting:
            run.seen = seen.get(run.id, run.seen)
        return sum(1 for run in waiting if run.seen and run.seen.is_over)

    def work_off(self, due: Iterable[str]) -> None:
        """Begin all that is due, in its order, and wait until it has ended."""
        left, next_at, moved_at = deque(due), time.monotonic(), time.monotonic()
        while left or self.open_runs():
            moved_at = time.monotonic() if self.look() else moved_at
            self.watch(self)
            if time.monotonic() - moved_at > JAMMED_SECONDS:
                self.jammed += [f"{run.deployment}: {run.seen.state if run.seen else '?'}" for run in self.open_runs()]
                return
            if left and time.monotonic() >= next_at:
                if self._is_full():
                    self.held_back += 1
                elif deployment := self._next(left):
                    self.add(deployment)
                    next_at = max(next_at + 60 / self.pace, time.monotonic() - 60 / self.pace)
            time.sleep(LOOK_SECONDS)

    def _is_full(self) -> bool:
        now = datetime.now(UTC)
        late = [run for run in self.open_runs() if run.due + LATE < now and not (run.seen and run.seen.began)]
        return len(late) >= MOST_WAITING

    def _next(self, left: deque[str]) -> str | None:
        busy = {run.deployment for run in self.open_runs()}
        for place, deployment in enumerate(left):
            if deployment not in busy:
                del left[place]
                return deployment
        return None


def in_turn(times: Mapping[str, int]) -> list[str]:
    """Deployments, each so many times, spread evenly."""
    spread = [
        ((turn + place / len(times)) / often, name)
        for place, (name, often) in enumerate(times.items())
        for turn in range(often)
    ]
    return [name for _, name in sorted(spread)]
