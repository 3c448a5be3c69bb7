"""One look around: queues and runs at Prefect, leases and records in our database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterId,
    FlowRunFilterNextScheduledStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import StateType
from prefect.client.schemas.responses import DeploymentResponse
from prefect.client.schemas.sorting import FlowRunSort

from tasks.errors import Busy, LeaseLostError, Refused, UnreachableError, WrongSettingsError
from tasks.operations.faults import FailedSeen, PlaceSeen, QueueSeen, RunSeen, Seen
from tasks.operations.model import PrefectRun
from tasks.operations.server import AT_WORK, FAILED, PAGE, Server, error_of, uuids
from tasks.state import StateDatabase

OURS = {error.__name__ for error in (WrongSettingsError, UnreachableError, Refused, Busy, LeaseLostError)}
MOST_WAITING = 5000
HEARD_BACK = timedelta(days=2)  # how far back heartbeats are looked for


def look(server: Server, state: StateDatabase, now: datetime) -> Seen:
    """See everything that a judgement needs; nothing is changed."""
    at_work = server.runs(_in_state(*AT_WORK))
    # the oldest first: they say since when a queue is late
    waiting = server.runs(_due(now), most=MOST_WAITING, sort=FlowRunSort.NEXT_SCHEDULED_START_TIME_ASC)
    deployments = server.deployments()
    flows = server.flow_names()
    titles = {one.id: f"{flows.get(one.flow_id, '?')}/{one.name}" for one in deployments}
    with state.session(read_only=True) as session:
        leases = session.execute("leases_all")
    working = {str(one["run_id"]): str(one["holder"]) for one in leases if one["expires_at"] > now}
    return Seen(
        now=now,
        queues=_queues(server, waiting, deployments),
        waiting=waiting,
        runs=[_run(server, one, titles, now) for one in at_work],
        places=_places(deployments, titles, at_work),
        failed=_failed(server, state, deployments, titles, working),
        working=working,
        ended=ended_runs(server, list(working)),
    )


def ended_runs(server: Server, run_ids: list[str]) -> dict[str, tuple[str, datetime]]:
    """Of some runs those that have ended at Prefect: the name of their state, and since when."""
    found: dict[str, tuple[str, datetime]] = {}
    ids = uuids(run_ids)
    for start in range(0, len(ids), PAGE):
        wanted = FlowRunFilter(id=FlowRunFilterId(any_=ids[start : start + PAGE]))
        for run in server.runs(wanted):
            if run.is_over and run.state_at:
                found[str(run.id)] = (run.state_name, run.state_at)
    return found


def _queues(server: Server, waiting: list[PrefectRun], deployments: list[DeploymentResponse]) -> list[QueueSeen]:
    """The queues of our deployments."""
    ours = {f"{one.work_pool_name}/{one.work_queue_name}" for one in deployments}
    paused = server.paused_pools()
    counts = Counter(run.queue for run in waiting)
    oldest: dict[str, datetime] = {}
    for run in waiting:
        if run.due:
            oldest[run.queue] = min(run.due, oldest.get(run.queue, run.due))
    return [
        QueueSeen(
            name=name,
            paused=one.is_paused or one.work_pool_name in paused,
            limit=one.concurrency_limit,
            waiting=counts[name],
            oldest=oldest.get(name),
            asked_at=one.last_polled,
        )
        for one in server.queues()
        if (name := f"{one.work_pool_name}/{one.name}") in ours
    ]


def _run(server: Server, run: PrefectRun, titles: dict[UUID, str], now: datetime) -> RunSeen:
    title = f"{titles.get(run.deployment_id, run.name)} ({run.name})" if run.deployment_id else run.name
    began = run.state_at if run.kind == StateType.PENDING else run.began_at
    beats = server.last_heartbeats(run.id, now - HEARD_BACK) if run.kind != StateType.PENDING else []
    return RunSeen(run, title, began or run.state_at or now, beats)


def _places(
    deployments: list[DeploymentResponse], titles: dict[UUID, str], at_work: list[PrefectRun]
) -> list[PlaceSeen]:
    runs = Counter(run.deployment_id for run in at_work)
    return [
        PlaceSeen(limit.name, titles[one.id], limit.active_slots, runs[one.id])
        for one in deployments
        if (limit := one.global_concurrency_limit)
    ]


def _failed(
    server: Server,
    state: StateDatabase,
    deployments: list[DeploymentResponse],
    titles: dict[UUID, str],
    working: Mapping[str, str],
) -> list[FailedSeen]:
    """Deployments on a schedule whose newest run failed; a person who starts one by hand sees how it ends."""
    found = []
    for one in deployments:
        if one.paused or not any(schedule.active for schedule in one.schedules):
            continue
        run = server.newest_ended(one.id)
        if run is None or run.kind not in FAILED or str(run.id) in working:
            continue
        with state.session(read_only=True) as session:
            records = session.execute("run_by_id", {"id": str(run.id)})
        status = records[0]["status"] if records else ""
        # marked as dead, while the server was away, it came to its end all the same
        is_done = run.kind == StateType.CRASHED and status in {"completed", "unchanged"}
        # what was held back is told by an event of its own, with what to approve
        if status != "quarantined" and not is_done:
            why = why_failed(run, str(records[0]["message"] or "") if records else "")
            found.append(FailedSeen(str(one.id), titles[one.id], run.name, run.ended_at, why))
    return found


def why_failed(run: PrefectRun, recorded: str) -> str:
    """Why a run failed: our own words; another program's may hold a secret, so of them only the kind of error."""
    if run.kind == StateType.CRASHED:
        return "its process died."
    error = error_of(run)
    if recorded and error in OURS:
        return f"{recorded[:1000].rstrip('.')}."
    return f"an unexpected error ({error or 'unknown'}); its log says more."


def _in_state(*types: StateType) -> FlowRunFilter:
    return FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=list(types))))


def _due(now: datetime) -> FlowRunFilter:
    due = FlowRunFilterNextScheduledStartTime(before_=now)
    return _in_state(StateType.SCHEDULED).model_copy(update={"next_scheduled_start_time": due})
