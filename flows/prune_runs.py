"""What is old goes: runs, logs and artifacts of Prefect, files of the archive, rows of our database."""

from __future__ import annotations

from typing import Annotated

from prefect import flow
from pydantic import Field

from tasks.operations import clear_archive, prune_prefect
from tasks.run import working_on
from tasks.summaries import PruneSummary


@flow(name="prune-runs", flow_run_name="prune")
def prune_runs(
    failed_hours: Annotated[int, Field(ge=24)] = 168,
    other_hours: Annotated[int, Field(ge=24)] = 720,
    raw_days: Annotated[int, Field(ge=2)] = 30,
    snapshot_days: Annotated[int, Field(ge=30)] = 90,
    keep_days: Annotated[int, Field(ge=90)] = 400,
    dry_run: bool = False,
) -> PruneSummary:
    """Remove what is old and what nothing reads any more; the last good version of each feed stays for ever.

    Args:
        failed_hours: Failed and crashed flow runs, with their logs and artifacts, so many hours after their end.
        other_hours: Completed and cancelled ones.
        raw_days: Suppliers' files as they came.
        snapshot_days: What was read from them.
        keep_days: Change sets (after that they can't be undone), reviews, and the rows of our database.
        dry_run: Count what would be removed, remove nothing.

    """
    summary = PruneSummary(dry_run=dry_run)
    with working_on("prune-runs", "prune", None, summary) as run:
        clear_archive(run, raw_days, snapshot_days, keep_days)
        prune_prefect(run, failed_hours, other_hours)
        return summary
