"""What runs of the past said of themselves: how many products were on, off and changed, and what imports brought.

Rows are dicts, oldest first, times aware in UTC. None is "not known" and never 0: of a run that did not come to its
end, and of one from before that figure was counted. Trials don't count: dry runs, and runs with a limit or for one
contractor.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from tasks.state import StateDatabase

Row = dict[str, Any]
DONE = {"completed", "unchanged"}
SYNC_COUNTS = ("on", "off", "changed", "written", "enabled", "disabled", "left", "failed")
SUPPLIER_COUNTS = ("on", "off", "changed")
READ_COUNTS = ("rows_read", "rows_rejected", "offers")
APPLIED_COUNTS = ("matched", "unmatched", "created", "updated", "unchanged", "absent", "sold_out")


def sync_rows(state: StateDatabase, shop: int, since: datetime) -> list[Row]:
    """Return a row a run of sync-availability, with `SYNC_COUNTS`."""
    return [
        {**_run(row), **_counts(row["told"], SYNC_COUNTS, known=row["status"] in DONE), "message": row["message"]}
        for row in _runs(state, "sync-availability", shop, since)
    ]


def supplier_rows(state: StateDatabase, shop: int, since: datetime) -> list[Row]:
    """Return a row a run and supplier, with `SUPPLIER_COUNTS` of the products that this supplier's offer decided.

    A run that counted by supplier says 0 of one that it doesn't name; one that didn't is left out.
    """
    runs = [
        (row, _by_supplier(row["told"]["by_supplier"]))
        for row in _runs(state, "sync-availability", shop, since)
        if row["status"] in DONE and row["told"].get("by_supplier") is not None
    ]
    names = supplier_names(state)
    suppliers = sorted({supplier for _, counts in runs for supplier in counts})
    return [
        {
            "run_id": row["id"],
            "started_at": row["started_at"],
            "supplier": supplier,
            "supplier_name": names.get(supplier),
            **{name: counts.get(supplier, {}).get(name, 0) for name in SUPPLIER_COUNTS},
        }
        for row, counts in runs
        for supplier in suppliers
    ]


def import_rows(state: StateDatabase, feed: int, since: datetime) -> list[Row]:
    """Return a row an import of any of a supplier's files.

    `READ_COUNTS` are known once the file was read, `APPLIED_COUNTS` once its offers were applied; `part` and
    `available` (offers that the supplier can deliver) once the snapshot was recorded.
    """
    with state.session(read_only=True) as session:
        met = session.execute("snapshots_met_since", {"integration_id": feed, "since": since})
    snapshots = {row["id"]: row for row in met}
    rows = []
    for row in _runs(state, "import-feed", feed, since):
        snapshot = row["told"].get("snapshot_id")
        recorded = snapshots.get(snapshot, {})
        rows.append(
            {
                **_run(row),
                "part": recorded.get("part"),
                "snapshot_id": snapshot,
                "available": recorded.get("available"),
                **_counts(row["told"], READ_COUNTS, known=snapshot is not None),
                **_counts(row["told"], APPLIED_COUNTS, known=row["status"] in DONE),
                "message": row["message"],
            }
        )
    return rows


def supplier_names(state: StateDatabase) -> dict[int, str]:
    """Return what the suppliers are called, by integration number, as of their last imports."""
    with state.session(read_only=True) as session:
        return {int(row["integration_id"]): row["name"] for row in session.execute("supplier_names")}


def _runs(state: StateDatabase, flow: str, integration_id: int, since: datetime) -> list[Row]:
    values = {"flow": flow, "integration_id": integration_id, "since": since}
    with state.session(read_only=True) as session:
        found = session.execute("runs_since", values)
    told = ({**row, "told": json.loads(row["summary"]) if row["summary"] else {}} for row in found)
    return [row for row in told if not any(row["told"].get(trial) for trial in ("dry_run", "limit", "contractor"))]


def _run(row: Row) -> Row:
    return {"run_id": row["id"], **{name: row[name] for name in ("started_at", "ended_at", "status")}}


def _counts(told: Row, names: Iterable[str], *, known: bool) -> Row:
    return {name: told.get(name) if known else None for name in names}


def _by_supplier(counts: dict[str, int]) -> dict[int, dict[str, int]]:
    """Turn `{"6 on": 10, "6 off": 2}` into `{6: {"on": 10, "off": 2}}`."""
    told: dict[int, dict[str, int]] = {}
    for key, number in counts.items():
        supplier, _, name = key.partition(" ")
        told.setdefault(int(supplier), {})[name] = number
    return told
