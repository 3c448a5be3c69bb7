"""The watchdog: what waits too long, what died, what is held by nobody; heals what is safe and tells the rest once."""

from __future__ import annotations

from typing import Annotated

from prefect import flow
from pydantic import Field

from tasks.operations import heal, look_around, tell_changes
from tasks.run import working_on
from tasks.summaries import MonitorSummary


@flow(name="monitor-queues", flow_run_name="watchdog")
def monitor_queues(
    max: Annotated[int, Field(ge=1, lt=5000)] = 100,  # noqa: A002  (a public name of the project)
    dry_run: bool = False,
) -> MonitorSummary:
    """Look at queues, runs, places of deployments and our leases; end what is dead, tell what a person has to mend.

    Args:
        max: So many runs may wait in a queue.
        dry_run: Show what is wrong and what would be healed; heal and tell nothing.

    """
    summary = MonitorSummary(dry_run=dry_run)
    with working_on("monitor-queues", "watchdog", None, summary) as run:
        seen = look_around(run, max)
        tell_changes(run, heal(run, seen))
        return summary
