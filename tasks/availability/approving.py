"""A change set that was held back and that a person has looked at and believes: applied as it was planned."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from blocks import ShopBlock
from tasks import archive
from tasks.availability.gate import APPROVED, WINDOW
from tasks.availability.pins import open_pins
from tasks.errors import Refused
from tasks.report import started_by
from tasks.run import Run
from tasks.station import station
from tasks.summaries import SyncSummary

AGAIN = "Run the sync without `approve`: it plans anew, and says what to approve if that is held back again."
AS_PLANNED = ("limit", "contractor", "wanted", "on", "off", "changed", "unchanged", "enabled", "disabled")
AS_DECIDED = ("not_enforceable", "skipped", "by_supplier")


def rows_of(shop: ShopBlock) -> list[Any]:
    """Which rows of a shop its block writes, as a change set's manifest keeps it."""
    return [shop.id_shop, shop.texts_only, shop.leaves_labels]


@station("approve change set", io=True)
def approved_changes(run: Run[SyncSummary], shop: ShopBlock, wanted: str) -> Path:
    """Find the archived change set that a person approves; raises Refused where it can't be applied (any more).

    What was decided then counts for this run, too: nothing is decided anew.
    """
    summary = run.summary
    if summary.limit is not None or summary.contractor is not None:
        raise Refused("A change set is approved as a whole, as it was planned: leave `limit` and `contractor` empty.")
    folder = archive.find("changes", run.integration_id, wanted)
    manifest = json.loads((folder / archive.MANIFEST).read_text(encoding="utf-8"))
    planned = _planned(run, wanted, manifest)
    _refuse_overtaken(run, wanted, datetime.fromisoformat(manifest["planned_at"]))
    if manifest.get("rows_of") != rows_of(shop):
        raise Refused(
            f"{wanted} was planned for other rows of the shop than its block writes now (`Shop number`, `Texts only`,"
            f" `Combinations' texts`). {AGAIN}"
        )
    if not summary.dry_run:
        run.check_lease()
        _keep_approval(run, folder)
    run.count(change_set_id=wanted, approved=True, **{name: planned[name] for name in (*AS_PLANNED, *AS_DECIDED)})
    run.say("Approved: %s, %d rows of %d products", wanted, manifest["rows"], manifest["products"])
    return folder / "changes.parquet"


def _planned(run: Run[SyncSummary], wanted: str, manifest: dict[str, Any]) -> dict[str, Any]:
    """Return what the run that planned it has counted; raises Refused for a run that was not held back."""
    if manifest.get("dry_run"):
        raise Refused(f"{wanted} was planned by a dry run, which nobody can approve. {AGAIN}")
    with run.state.session(read_only=True) as session:
        found = session.execute("run_by_id", {"id": manifest["run_id"]})
    status = found[0]["status"] if found else "unknown"
    if status != "quarantined":
        raise Refused(f"{wanted}: expected the change set of a run that was held back, got one that is `{status}`.")
    return SyncSummary.model_validate_json(found[0]["summary"]).model_dump()


def _refuse_overtaken(run: Run[SyncSummary], wanted: str, planned_at: datetime) -> None:
    if run.started_at - planned_at > WINDOW:
        raise Refused(f"{wanted} was planned at {planned_at:%Y-%m-%d %H:%M} UTC, more than 24 hours ago. {AGAIN}")
    since = {"integration_id": run.integration_id, "since": planned_at}
    with run.state.session(read_only=True) as session:
        sets = session.execute("change_sets_with_flow", since)
        pins = open_pins(session, run.integration_id, run.started_at)
    if any(one["id"] == wanted and one["ended_at"] for one in sets):
        raise Refused(f"{wanted} was applied already. There is nothing left to approve.")
    if newer := [one["id"] for one in sets if one["id"] != wanted]:
        raise Refused(f"{wanted}: since it was planned something else was written to the shop ({newer[-1]}). {AGAIN}")
    if any(pin["decided_at"] > planned_at for pin in pins):
        raise Refused(f"{wanted}: since it was planned a person pinned or gave back a product of this shop. {AGAIN}")


def _keep_approval(run: Run[SyncSummary], folder: Path) -> None:
    said = {"run_id": run.id, "approved_at": run.started_at, "approved_by": started_by() or run.flow}
    path = run.folder / APPROVED
    path.write_text(json.dumps(said, indent=2, default=str), encoding="utf-8")
    archive.add(folder, APPROVED, path)
