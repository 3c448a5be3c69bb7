"""What happens in the middle: second runs of a deployment at work, and a worker killed with the run it is at."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

from benchmarks.soak.booking import Book, Booked
from benchmarks.soak.feeds import Hold
from benchmarks.soak.machines import Machines
from benchmarks.soak.sizes import Sizes

AT_WORK_SECONDS = 35  # until the kill: a run has a heartbeat or two by then
REPEAT_OVERLAP = 45


@dataclass
class Kill:
    """A worker's end: which, when, which runs died with it, until they were marked, and the next one went through."""

    worker: str
    at: datetime
    runs: list[Booked]
    marked: float | None = None
    through: float | None = None
    next_run: Booked | None = None


@dataclass
class Striker:
    """Watches the book: at each held feed it does what is to happen there."""

    machines: Machines
    sizes: Sizes
    holds: dict[tuple[str, int], Hold]
    kill: Kill | None = None
    _asked_at: dict[tuple[str, int], float] = field(default_factory=dict)
    _second: dict[tuple[str, int], Booked] = field(default_factory=dict)

    def watch(self, book: Book) -> None:
        """Look whether something is to be done now."""
        for key, hold in self.holds.items():
            if hold.asked.is_set() and not hold.go_on.is_set():
                since = self._asked_at.setdefault(key, time.monotonic())
                if key == self.sizes.killed:
                    if time.monotonic() - since >= AT_WORK_SECONDS:
                        self._strike(book, import_of(key[0]))
                        hold.go_on.set()
                else:
                    self._overlap(book, key, since)
        if self.kill:
            self._heal(book, self.kill)

    def _overlap(self, book: Book, key: tuple[str, int], since: float) -> None:
        """Ask for a second run while the first is at work; go on when it has ended, cancelled as it should be."""
        if key not in self._second:
            self._second[key] = book.add(import_of(key[0]), datetime.now(UTC), overlap=True)
        second = self._second[key].seen
        if (second and second.is_over) or time.monotonic() - since > REPEAT_OVERLAP:
            self.holds[key].go_on.set()

    def _strike(self, book: Book, deployment: str) -> None:
        book.look()
        victim = next(run for run in book.open_runs() if run.deployment == deployment and not run.overlap)
        if not (victim.seen and victim.seen.pid):
            raise RuntimeError(f"expected the run of {deployment} at work, got {victim.seen}")
        worker = self.machines.kill(victim.seen.pid)
        self.kill = Kill(worker, datetime.now(UTC), [victim])

    def _heal(self, book: Book, kill: Kill) -> None:
        """See how the run that died is marked, book the next one, and bring the worker back."""
        victim = kill.runs[0]
        if kill.next_run is None and victim.seen and victim.seen.is_over:
            kill.marked = (datetime.now(UTC) - kill.at).total_seconds()
            kill.next_run = book.add(victim.deployment, datetime.now(UTC))
            self.machines.start(kill.worker)
        after = kill.next_run.seen if kill.next_run else None
        if kill.through is None and after and after.is_over and after.ended:
            kill.through = (after.ended - kill.at).total_seconds()
        for run in [run for run in book.runs if run.seen and run.seen.state == "CRASHED" and run not in kill.runs]:
            kill.runs.append(run)  # the worker was at it, too
            book.add(run.deployment)


def import_of(supplier: str) -> str:
    """The deployment that imports a supplier's feed."""
    return f"import-feed/{supplier}"
