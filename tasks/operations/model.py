"""A flow run as the housekeeping knows it; Prefect's own object can't be handed from task to task."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from prefect.client.schemas.objects import FlowRun, StateType

# A server may serve others, too: nothing of theirs is judged, ended, started or removed.
FLOWS = {
    "check-integration", "explain-product", "import-catalog", "import-feed", "inspect-feed", "link-products",
    "monitor-queues", "pin-product", "prune-runs", "release-products", "retry-failed-runs", "show-history",
    "sync-availability", "undo-sync",
}  # fmt: skip
FINAL = {StateType.COMPLETED, StateType.CANCELLED, StateType.FAILED, StateType.CRASHED}


@dataclass(frozen=True)
class PrefectRun:
    """A flow run; `message`, `state_name` and `state_at` are those of its state, `due` is when it should have begun."""

    id: UUID
    name: str
    flow_id: UUID
    kind: StateType
    deployment_id: UUID | None = None
    parameters: dict[str, Any] = field(default_factory=dict)
    state_name: str = ""
    message: str = ""
    state_at: datetime | None = None
    due: datetime | None = None
    began_at: datetime | None = None
    ended_at: datetime | None = None
    queue: str = ""
    queue_name: str | None = None
    tags: tuple[str, ...] = ()
    key: str | None = None
    by_schedule: bool = False

    @property
    def is_over(self) -> bool:
        """Whether it ended, however."""
        return self.kind in FINAL


def as_run(run: FlowRun) -> PrefectRun:
    """Take from Prefect's object what we use."""
    state = run.state
    return PrefectRun(
        id=run.id,
        name=run.name,
        flow_id=run.flow_id,
        kind=run.state_type or StateType.PENDING,
        deployment_id=run.deployment_id,
        parameters=dict(run.parameters),
        state_name=(state and state.name) or "",
        message=(state and state.message) or "",
        state_at=state.timestamp if state else run.created,
        due=run.next_scheduled_start_time or run.expected_start_time,
        began_at=run.start_time,
        ended_at=run.end_time,
        queue=f"{run.work_pool_name}/{run.work_queue_name}",
        queue_name=run.work_queue_name,
        tags=tuple(run.tags),
        key=run.idempotency_key,
        by_schedule=bool(run.auto_scheduled),
    )
