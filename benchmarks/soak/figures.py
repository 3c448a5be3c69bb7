"""What a soak measured, as a table."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from statistics import median

from benchmarks.soak.booking import Book, Booked
from benchmarks.soak.judging import Verdict
from benchmarks.soak.place import Place
from benchmarks.soak.striking import Kill

WATCHED = """
    SELECT count(*), coalesce(sum((summary->>'slots_freed')::int + (summary->>'runs_ended')::int), 0)
    FROM runs WHERE flow = 'monitor-queues' AND status <> 'running'
"""
MOST_SHOWN = 10


def figures(place: Place, book: Book, kill: Kill | None, verdict: Verdict) -> Iterator[tuple[str, str]]:
    """Lines of a table: what, and how much."""
    done = [run for run in book.runs if run.seen and run.seen.state == "COMPLETED"]
    minutes = _minutes(done)
    ((offers,),) = place.ours(
        "SELECT coalesce(sum((summary->>'offers')::bigint), 0)::bigint FROM runs WHERE flow = 'import-feed'"
    )
    states = Counter(run.seen.state if run.seen else "?" for run in book.runs)
    wanted = sum(run.overlap for run in book.runs)
    yield "runs", f"{len(book.runs)}: {', '.join(f'{count} {state.lower()}' for state, count in states.most_common())}"
    yield (
        "throughput",
        f"{len(done) / minutes:.1f} runs/min, {offers / minutes / 60:,.0f} offers/s over {minutes:.1f} min",
    )
    yield "from schedule to start", _latency(done)
    yield "second runs of a deployment at work", f"{wanted} wanted, {states['CANCELLED']} cancelled"
    looks, healed = place.ours(WATCHED)[0]
    yield "watchdog", f"{looks} looks, {healed} runs or places healed"
    if kill:
        yield f"worker {kill.worker} killed with its runs", f"{len(kill.runs)} crashed"
        yield "time to heal: marked as crashed", _seconds(kill.marked)
        yield "time to heal: the next run was through", _seconds(kill.through)
    yield "overlaps", str(len(verdict.overlaps))
    yield "lost", str(len(verdict.lost))
    yield "done twice", str(len(verdict.doubled))
    yield "jammed", str(len(verdict.jammed))
    yield "machine", f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}"


def as_text(lines: list[tuple[str, str]]) -> str:
    """The lines as a Markdown table."""
    return "\n".join(f"| {' | '.join(line)} |" for line in [("", ""), ("---", "---"), *lines])


def what_is_wrong(verdict: Verdict) -> str:
    """The first lines of each kind."""
    kinds = {"overlap": verdict.overlaps, "lost": verdict.lost, "done twice": verdict.doubled, "jammed": verdict.jammed}
    return "\n".join(f"{kind}: {line}" for kind, lines in kinds.items() for line in lines[:MOST_SHOWN])


def _minutes(done: list[Booked]) -> float:
    ends = [run.seen.ended for run in done if run.seen and run.seen.ended]
    return (max(ends) - min(run.due for run in done)).total_seconds() / 60 if ends else 1.0


def _latency(done: list[Booked]) -> str:
    waits = sorted((run.seen.began - run.seen.due).total_seconds() for run in done if run.seen and run.seen.began)
    if not waits:
        return "none began"
    return f"median {median(waits):.1f} s, 95 % {waits[int(len(waits) * 0.95)]:.1f} s, longest {waits[-1]:.1f} s"


def _seconds(value: float | None) -> str:
    return "never" if value is None else f"{value:.0f} s"
