"""Runs, queues and what is left of them: the housekeeping, which alone asks Prefect's API about runs, and clears up.

It also keeps the automations that tell a person, as data: `automations.yaml`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from tasks.operations import alerts, faults, finding, healing, looking, pruning, retrying
from tasks.operations.automations import definitions, ensure_automations
from tasks.operations.clearing import Ages, Clearing
from tasks.operations.faults import Fault, Found
from tasks.operations.retrying import REASONS, Verdict
from tasks.operations.server import prefect_server
from tasks.report import MOST_ROWS, line
from tasks.run import Run
from tasks.station import station
from tasks.summaries import MonitorSummary, PruneSummary, RetrySummary

__all__ = [
    "clear_archive",
    "definitions",
    "ensure_automations",
    "find_failed",
    "heal",
    "look_around",
    "prune_prefect",
    "start_again",
    "tell_changes",
]

MOST_RUNS = 5000


@station("clear archive", io=True)
def clear_archive(run: Run[PruneSummary], raw_days: int, snapshot_days: int, keep_days: int) -> None:
    """Remove old files of the archive, then rows of our database."""
    ages = Ages(timedelta(days=raw_days), timedelta(days=snapshot_days), timedelta(days=keep_days))
    clearing = Clearing(run.state, ages, run.started_at, dry_run=run.summary.dry_run)
    clearing.snapshots()
    clearing.change_sets()
    clearing.leftovers()
    clearing.rows()
    done = clearing.done
    run.count(
        raw_files=done.raw_files,
        snapshots=done.snapshots,
        change_sets=done.change_sets,
        reviews=done.reviews,
        leftovers=done.leftovers,
        notices=done.notices,
        megabytes=round(done.size / 1_000_000, 1),
        rows=done.rows,
        more=done.more,
    )


@station("prune runs", io=True)
def prune_prefect(run: Run[PruneSummary], failed_hours: int, other_hours: int) -> None:
    """Remove old flow runs of Prefect with their artifacts, tasks and logs."""
    with prefect_server() as server:
        kept = pruning.newest(server)
        what = pruning.old(run.started_at, timedelta(hours=failed_hours), timedelta(hours=other_hours), kept)
        done = pruning.prune(server, what, MOST_RUNS, dry_run=run.summary.dry_run)
    run.count(
        failed_runs=run.summary.failed_runs + done.failed_runs,  # a step that is tried again goes on
        other_runs=run.summary.other_runs + done.other_runs,
        artifacts=run.summary.artifacts + done.artifacts,
        more=run.summary.more or done.more,
    )


@station("find failed runs", io=True)
def find_failed(
    run: Run[RetrySummary], since_hours: int, queue: str | None, flow: str | None, run_ids: list[UUID] | None
) -> list[Verdict]:
    """Judge the failed and crashed runs that are meant."""
    asked = finding.Asked(run.started_at - timedelta(hours=since_hours), queue, flow, run_ids)
    with prefect_server() as server:
        failed, known = finding.find(server, run.state, asked, run.started_at)
    run.count(failed_runs=len(failed))
    return retrying.judge(failed, known)


@station("start runs again", io=True)
def start_again(run: Run[RetrySummary], verdicts: Sequence[Verdict]) -> None:
    """Start those anew that are worth it, and show what was done and why not."""
    rows, new = [], []
    with prefect_server() as server:
        for one, reason, key in verdicts:
            done = REASONS[reason] if reason else "would be started again"
            if reason is None and not run.summary.dry_run:
                new.append(f"[{line(one.name)}](/runs/flow-run/{server.start_again(one, key)})")
                done = "started again"
            ended = f"{one.ended_at:%Y-%m-%d %H:%M} UTC" if one.ended_at else ""
            rows.append({"run": one.name, "what": done, "ended": ended, "id": one.id})
    left = Counter(reason for _, reason, _ in verdicts if reason)
    run.count(retried=len(verdicts) - left.total(), not_retried=dict(left))
    run.show("Failed runs", rows, f"The new runs: {', '.join(new[:MOST_ROWS])}." if new else "")


@station("look around", io=True)
def look_around(run: Run[MonitorSummary], most: int) -> Found:
    """Look at everything, and judge it."""
    with prefect_server() as server:
        seen = looking.look(server, run.state, run.started_at)
    run.count(queues=len(seen.queues), waiting=sum(queue.waiting for queue in seen.queues), at_work=len(seen.runs))
    rows = [
        {"queue": one.name, "waiting": one.waiting, "paused": one.paused, "limit": one.limit, "asked for": one.asked_at}
        for one in seen.queues
    ]
    run.show("Queues", rows, "`asked for`: when a worker last asked for runs of this queue.")
    since = {key: row["since"] for key, row in alerts.known(run.state).items()}
    return faults.judge(seen, since, most)


@station("heal", io=True)
def heal(run: Run[MonitorSummary], found: Found) -> list[Fault]:
    """End what is dead and free what nobody holds; returns what is wrong still."""
    with prefect_server() as server:
        healing.end_dead(run, server, found.dead)
        healing.cancel_doubles(run, server, found.doubles)
        healing.free_places(run, server, found.places)
        healing.end_records(run, server, run.started_at)
    healing.forget_leases(run, run.started_at)
    return found.faults


@station("tell changes", io=True)
def tell_changes(run: Run[MonitorSummary], now_wrong: Sequence[Fault]) -> None:
    """Tell each fault once, and once that it is over."""
    before = alerts.known(run.state)
    new, over = alerts.changes(before, now_wrong)
    told = [one for one in now_wrong if one.is_told]
    for one in told:
        run.warn(one.words)
    for news in over:
        run.say("%s", news.words)
    for one in told:
        run.show(f"Wrong: {one.title}", None, line(one.words))
    run.count(faults=len(told), told=len(new), recovered=len(over))
    if not run.summary.dry_run:
        alerts.tell([*alerts.looks_again(run.state, run.id, run.started_at), *new, *over])
        alerts.remember(run.state, before, now_wrong, run.started_at)
