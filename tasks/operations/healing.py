"""What the watchdog puts right by itself: only what nobody can be working on."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tasks.operations.faults import PlaceSeen
from tasks.operations.looking import ended_runs
from tasks.operations.model import PrefectRun
from tasks.operations.server import Server
from tasks.run import Run
from tasks.state import StateDatabase
from tasks.summaries import MonitorSummary

RAN_OUT = timedelta(minutes=10)  # a lease lives 90 seconds, and is renewed each 30
UNKNOWN = timedelta(hours=24)  # a record of a run that Prefect doesn't know: of a notebook, or pruned
MOST = 500


def end_dead(run: Run[MonitorSummary], server: Server, dead: list[tuple[PrefectRun, str, str]]) -> None:
    """Give dead runs a true state, which gives their place back, too."""
    ended = 0
    for one, title, words in dead:
        if run.summary.dry_run or server.end(one, f"monitor-queues: its process died; {words}."):
            ended += 1
            run.say("%s: %s; %s", title, words, "would be ended" if run.summary.dry_run else "ended")
    run.count(runs_ended=ended)


def cancel_doubles(run: Run[MonitorSummary], server: Server, doubles: list[PrefectRun]) -> None:
    """Take runs out of the queues that would only do again what an earlier one does."""
    words = "monitor-queues: an earlier run of the same deployment waits, too, and does the same."
    some = doubles[:MOST]  # the next look takes more
    count = len(some) if run.summary.dry_run else sum(server.end(one, words) for one in some)
    if count:
        would = "would be cancelled" if run.summary.dry_run else "were cancelled"
        run.say("%d runs that waited behind an earlier one of the same deployment %s", count, would)
    run.count(doubles_cancelled=count)


def free_places(run: Run[MonitorSummary], server: Server, places: list[PlaceSeen]) -> None:
    """Give back places that no run can hold, if they still are as they were seen."""
    freed = 0
    for place in places:
        too_many = place.taken - place.runs
        if run.summary.dry_run:
            freed += too_many
        elif server.active_slots(place.name) == place.taken:
            server.free_slots(place.name, too_many)
            freed += too_many
            run.say("%s: %d places that nobody held are free again", place.title, too_many)
    run.count(slots_freed=freed)


def forget_leases(run: Run[MonitorSummary], now: datetime) -> None:
    """End leases that ran out long ago. They were in nobody's way, but a person who looks would wonder."""
    with run.state.session(read_only=True) as session:
        old = [one for one in session.execute("leases_all") if one["expires_at"] < now - RAN_OUT]
    if old and not run.summary.dry_run:
        with run.state.session() as session:
            for one in old:
                key = {"integration_id": one["integration_id"], "run_id": one["run_id"]}
                session.execute("lease_forgotten", {**key, "before": now - RAN_OUT})
    for one in old:
        run.say("Lease of integration %s: run %s (%s) died", one["integration_id"], one["run_id"], one["holder"])
    run.count(leases_ended=len(old))


def end_records(run: Run[MonitorSummary], server: Server, now: datetime) -> None:
    """Write the end of runs into our records that died before they could."""
    with run.state.session(read_only=True) as session:
        records = session.execute("runs_unfinished", {"before": now - RAN_OUT, "most": MOST})
        working = {str(one["run_id"]) for one in session.execute("leases_all") if one["expires_at"] > now}
    open_ones = [one for one in records if str(one["id"]) not in working and str(one["id"]) != run.id]
    ends = _ends(server, open_ones, now)
    if not run.summary.dry_run:
        _write(run.state, ends)
    run.count(records_ended=len(ends))


def _ends(server: Server, records: list[dict[str, Any]], now: datetime) -> list[dict[str, Any]]:
    ids = [str(one["id"]) for one in records]
    ended, known = ended_runs(server, ids), server.known(ids)
    found = []
    for one in records:
        name, at = ended.get(str(one["id"]), ("", now))
        if name:
            found.append({"id": one["id"], "ended_at": at, "message": f"its process died; Prefect says `{name}`"})
        elif one["started_at"] < now - UNKNOWN and str(one["id"]) not in known:
            found.append({"id": one["id"], "ended_at": now, "message": "it never said that it ended; its process died"})
    return found


def _write(state: StateDatabase, ends: list[dict[str, Any]]) -> None:
    if ends:
        with state.session() as session:
            for one in ends:
                session.execute("run_died", one)
