"""Failed runs started again: those for which that can help, each once."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from prefect import flow
from pydantic import Field

from tasks.operations import find_failed, start_again
from tasks.run import working_on
from tasks.summaries import RetrySummary


@flow(name="retry-failed-runs", flow_run_name="retry")
def retry_failed_runs(
    since_hours: Annotated[int, Field(ge=1, le=168)] = 24,
    queue: str | None = None,
    flow: str | None = None,
    run_ids: list[UUID] | None = None,
    dry_run: bool = False,
) -> RetrySummary:
    """Start failed and crashed runs again, and say why which one was left.

    Args:
        since_hours: Runs that ended within so many hours.
        queue: Only those of this work queue.
        flow: Only those of this flow, such as `import-feed`.
        run_ids: Only these, whenever they ended; a paused deployment is no hindrance then.
        dry_run: Show what would be started, start nothing.

    """
    summary = RetrySummary(dry_run=dry_run)
    with working_on("retry-failed-runs", "retry", None, summary) as run:
        start_again(run, find_failed(run, since_hours, queue, flow, run_ids))
        return summary
