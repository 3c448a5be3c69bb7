"""The failed runs that are meant, and beside them what a judgement about them stands on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterDeploymentId,
    FlowRunFilterEndTime,
    FlowRunFilterExpectedStartTime,
    FlowRunFilterId,
    FlowRunFilterState,
    FlowRunFilterStateType,
    FlowRunFilterWorkQueueName,
)

from tasks.operations.model import PrefectRun
from tasks.operations.retrying import Known
from tasks.operations.server import FAILED, Server
from tasks.state import StateDatabase

MOST_SINCE = 5000


class Asked(NamedTuple):
    """Which failed runs: those of `run_ids`, else all that ended after `since`; of a queue, of a flow, or of all."""

    since: datetime
    queue: str | None
    flow: str | None
    run_ids: Sequence[UUID] | None


def find(server: Server, state: StateDatabase, asked: Asked, now: datetime) -> tuple[list[PrefectRun], Known]:
    """The failed and crashed runs, the newest first, and what came since of the same deployments."""
    failed = server.runs(_failed(asked), flow=asked.flow)
    ids = sorted({one.deployment_id for one in failed if one.deployment_id})
    after = min((one.due for one in failed if one.due), default=asked.since)
    since_then = FlowRunFilter(
        deployment_id=FlowRunFilterDeploymentId(any_=ids),
        expected_start_time=FlowRunFilterExpectedStartTime(after_=after, before_=now),
    )
    return failed, Known(
        runs=server.runs(since_then, most=MOST_SINCE) if ids else [],
        deployments={one.id: one for one in server.deployments(ids)} if ids else {},
        flows=server.flow_names(),
        ends=_ends(state, failed),
        asked_by_id=bool(asked.run_ids),
    )


def _failed(asked: Asked) -> FlowRunFilter:
    return FlowRunFilter(
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=list(FAILED))),
        id=FlowRunFilterId(any_=list(asked.run_ids)) if asked.run_ids else None,
        end_time=None if asked.run_ids else FlowRunFilterEndTime(after_=asked.since),
        work_queue_name=FlowRunFilterWorkQueueName(any_=[asked.queue]) if asked.queue else None,
    )


def _ends(state: StateDatabase, failed: Sequence[PrefectRun]) -> dict[str, str]:
    with state.session(read_only=True) as session:
        found = [session.execute("run_by_id", {"id": str(one.id)}) for one in failed]
    return {str(rows[0]["id"]): str(rows[0]["status"]) for rows in found if rows}
