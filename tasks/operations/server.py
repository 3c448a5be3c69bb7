"""Prefect's API as the housekeeping uses it: the only module that asks about runs and queues, or changes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import httpx
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    ArtifactFilter,
    ArtifactFilterFlowRunId,
    DeploymentFilter,
    DeploymentFilterId,
    FlowFilter,
    FlowFilterName,
    FlowRunFilter,
    FlowRunFilterDeploymentId,
    FlowRunFilterId,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import StateType, WorkQueue
from prefect.client.schemas.responses import DeploymentResponse
from prefect.client.schemas.sorting import FlowRunSort
from prefect.events.filters import EventFilter, EventNameFilter, EventOccurredFilter, EventResourceFilter
from prefect.exceptions import ObjectNotFound
from prefect.states import Cancelled, Crashed

from tasks.errors import UnreachableError
from tasks.operations import model
from tasks.operations.model import PrefectRun, as_run

PAGE = 200  # the API gives no more at a time
IN_VAIN = 3
AT_ONCE = 50  # nor deletes more runs
# how a message of Prefect names the error that ended a run: "... exception: Refused: the feed ..."
NAMED = re.compile(r"exception: (?:[\w.]*\.)?(\w+)")
HEARTBEAT = "prefect.flow-run.heartbeat"
FAILED = (StateType.FAILED, StateType.CRASHED)
OVER = (StateType.COMPLETED, StateType.CANCELLED)
T = TypeVar("T")
AT_WORK = (StateType.PENDING, StateType.RUNNING, StateType.CANCELLING)


class Server:
    """A Prefect server, asked in pages."""

    def __init__(self, client: SyncPrefectClient) -> None:
        self._client = client

    def runs(
        self,
        wanted: FlowRunFilter,
        *,
        flow: str | None = None,
        most: int = 1000,
        sort: FlowRunSort = FlowRunSort.EXPECTED_START_TIME_DESC,
    ) -> list[PrefectRun]:
        """Runs of our flows of a kind, the newest first; of the flow of that name only."""
        found = list(
            _pages(
                lambda offset, limit: self._client.read_flow_runs(
                    flow_filter=_flow(flow),
                    flow_run_filter=wanted,
                    sort=sort,
                    limit=limit,
                    offset=offset,
                ),
                most,
            )
        )
        return [as_run(one) for one in found]

    def newest_ended(self, deployment_id: UUID) -> PrefectRun | None:
        """The newest run of a deployment that completed or failed.

        One that gave way to another doesn't count, nor one that waited in vain for another's lease; only where all
        of the last ones did, something holds it up.
        """
        wanted = FlowRunFilter(
            deployment_id=FlowRunFilterDeploymentId(any_=[deployment_id]),
            state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.COMPLETED, *FAILED])),
        )
        found = self.runs(wanted, most=IN_VAIN)
        return next((run for run in found if error_of(run) != "Busy"), found[0] if len(found) == IN_VAIN else None)

    def known(self, run_ids: Sequence[str]) -> set[str]:
        """Those of some ids that are runs of this server."""
        found: set[str] = set()
        for start in range(0, len(run_ids), PAGE):
            ids = uuids(run_ids[start : start + PAGE])
            found |= {str(run.id) for run in self.runs(FlowRunFilter(id=FlowRunFilterId(any_=ids)))} if ids else set()
        return found

    def count_runs(self, wanted: FlowRunFilter, flow: str | None = None) -> int:
        """How many flow runs are of a kind."""
        return self._client.count_flow_runs(flow_filter=_flow(flow), flow_run_filter=wanted)

    def artifacts_of(self, run_ids: Sequence[UUID]) -> list[UUID]:
        """The artifacts of some flow runs."""
        wanted = ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=list(run_ids)))
        found = _pages(
            lambda offset, limit: self._client.read_artifacts(artifact_filter=wanted, limit=limit, offset=offset),
            100_000,
        )
        return [artifact.id for artifact in found]

    def delete_artifacts(self, ids: Sequence[UUID]) -> None:
        """Delete artifacts; one that is gone already is no fault."""
        for one in ids:
            self._post("DELETE", f"/artifacts/{one}", missing_ok=True)

    def delete_runs(self, ids: Sequence[UUID]) -> None:
        """Delete flow runs with their tasks' runs; the server deletes their logs afterwards."""
        wanted = FlowRunFilter(id=FlowRunFilterId(any_=list(ids)))
        body = {"flow_runs": wanted.model_dump(mode="json", exclude_none=True), "limit": AT_ONCE}
        self._post("POST", "/flow_runs/bulk_delete", json=body)

    def deployments(self, ids: Sequence[UUID] | None = None) -> list[DeploymentResponse]:
        """All deployments of our flows, or those with these ids that are still there."""
        wanted = None if ids is None else DeploymentFilter(id=DeploymentFilterId(any_=list(ids)))
        return list(
            _pages(
                lambda offset, limit: self._client.read_deployments(
                    flow_filter=_flow(None), deployment_filter=wanted, limit=limit, offset=offset
                ),
                100_000,
            )
        )

    def flow_names(self) -> dict[UUID, str]:
        """The names of all flows."""
        found = _pages(lambda offset, limit: self._client.read_flows(limit=limit, offset=offset), 100_000)
        return {flow.id: flow.name for flow in found}

    def queues(self) -> list[WorkQueue]:
        """All work queues of all pools."""
        found = _pages(lambda offset, limit: self._client.read_work_queues(limit=limit, offset=offset), 10_000)
        return list(found)

    def paused_pools(self) -> set[str]:
        """The names of those work pools that somebody paused."""
        found = _pages(lambda offset, limit: self._client.read_work_pools(limit=limit, offset=offset), 10_000)
        return {pool.name for pool in found if pool.is_paused}

    def last_heartbeats(self, run_id: UUID, since: datetime) -> list[datetime]:
        """When a flow run was last heard of, the newest first."""
        wanted = EventFilter(
            event=EventNameFilter(name=[HEARTBEAT]),
            resource=EventResourceFilter(id=[f"prefect.flow-run.{run_id}"]),
            occurred=EventOccurredFilter(since=since),
        )
        return [event.occurred for event in self._client.read_events(wanted, limit=3).events]

    def start_again(self, run: PrefectRun, key: str) -> UUID:
        """Start a new run of a run's deployment with its parameters; a second time with that key it is the same run."""
        if run.deployment_id is None:
            raise LookupError(f"{run.name} is a run of no deployment")
        made = self._client.create_flow_run_from_deployment(
            run.deployment_id,
            parameters=run.parameters,
            tags=["retried", *run.tags],
            idempotency_key=key,
            work_queue_name=run.queue_name,
        )
        return made.id

    def end(self, run: PrefectRun, message: str) -> bool:
        """Give a dead run its true state, or cancel one that waits; False where it ended, or began, meanwhile."""
        cancelled = run.kind in {StateType.CANCELLING, StateType.SCHEDULED}
        state: Any = Cancelled(message=message) if cancelled else Crashed(message=message)
        try:
            if self._client.read_flow_run(run.id).state_type != run.kind:
                return False
            answer = self._client.set_flow_run_state(run.id, state)
        except ObjectNotFound:  # somebody removed it meanwhile
            return False
        return bool(answer.state and answer.state.type == state.type)

    def free_slots(self, limit_name: str, held: int) -> None:
        """Give back places of a concurrency limit that nobody holds; the place of a run that began meanwhile stays."""
        body = {"names": [limit_name], "slots": held}
        self._post("POST", "/v2/concurrency_limits/decrement", json=body)

    def active_slots(self, limit_name: str) -> int:
        """How many places of a concurrency limit are taken."""
        return self._client.read_global_concurrency_limit_by_name(limit_name).active_slots

    def _post(self, method: str, path: str, *, missing_ok: bool = False, **body: Any) -> httpx.Response:
        """Ask what the client has no verb for."""
        try:
            return self._client.request(method, path, **body)  # type: ignore[arg-type]
        except httpx.HTTPStatusError as error:
            if missing_ok and error.response.status_code == httpx.codes.NOT_FOUND:
                return error.response
            raise


@contextmanager
def prefect_server() -> Iterator[Server]:
    """The Prefect server that this process reports to; UnreachableError where it doesn't answer."""
    try:
        with get_client(sync_client=True) as client:
            yield Server(client)
    except httpx.TransportError as error:
        raise UnreachableError(
            f"Prefect's API did not answer ({type(error).__name__}). Is PREFECT_API_URL right, and the server up?"
        ) from error


def error_of(run: PrefectRun) -> str:
    """The name of the error that ended a run, as the message of its state has it; empty where it names none."""
    named = NAMED.search(run.message)
    return named[1] if named else ""


def uuids(ids: Iterable[str]) -> list[UUID]:
    """Those ids of our records that can be runs of Prefect."""
    found = []
    for one in ids:
        with suppress(ValueError):
            found.append(UUID(one))
    return found


def _flow(name: str | None) -> FlowFilter:
    return FlowFilter(name=FlowFilterName(any_=sorted(model.FLOWS if name is None else model.FLOWS & {name})))


def _pages(read: Callable[[int, int], Sequence[T]], most: int) -> Iterator[T]:
    offset = 0
    while offset < most:
        wanted = min(PAGE, most - offset)
        page = read(offset, wanted)
        yield from page
        if len(page) < wanted:
            return
        offset += len(page)
