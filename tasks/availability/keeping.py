"""A change set into the archive, before the first of it is written: whichever flow planned it, in one form."""

from __future__ import annotations

from typing import Any

from tasks import archive
from tasks.availability.plan import ChangeSet
from tasks.run import Run


def archive_changes(run: Run[Any], changes: ChangeSet, **more: object) -> None:
    """Keep a plan under an id of its own, which the run's summary names; `more` goes into its manifest."""
    name = f"c{run.integration_id}-{run.started_at:%Y%m%dT%H%M%S}-{run.id[-8:]}"
    manifest = {
        "id": name,
        "integration_id": run.integration_id,
        "run_id": run.id,
        "flow": run.flow,
        "planned_at": run.started_at,
        "dry_run": run.summary.dry_run,
        **more,
        **changes.model_dump(mode="json", exclude={"changes", "drift"}),
    }
    archive.keep("changes", run.integration_id, name, {"changes.parquet": changes.changes}, manifest)
    run.count(change_set_id=name)
    run.say("Change set %s: %d rows of %d products", name, changes.rows, changes.products)
