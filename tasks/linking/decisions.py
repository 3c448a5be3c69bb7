"""What persons decided about a supplier's offers, as the rules read it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tasks.duck import Desk

if TYPE_CHECKING:
    from tasks.state import StateDatabase

DECIDED = "decided.parquet"


def read_decided(state: StateDatabase, integration_id: int, folder: Path) -> None:
    """Lay the decisions that hold into `folder`; no file where there are none, which most suppliers never have."""
    (folder / DECIDED).unlink(missing_ok=True)  # of a first try
    with state.session(read_only=True) as session:
        if session.execute("decisions_any", {"integration_id": integration_id}):
            session.read("decisions", folder / DECIDED, where={"integration_id": integration_id, "ended_at": None})


def lay_decided(table: Desk, folder: Path) -> bool:
    """Lay `decided` on the desk; False where it is empty."""
    path = folder / DECIDED
    if path.exists():
        table.show(decided=path)
        return True
    table.run("linking/undecided.sql")
    return False
