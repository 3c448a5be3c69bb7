"""How many products a change set switches, with what was switched in the 24 hours before it: too many or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
from pydantic import BaseModel

from blocks import ChangeGate
from tasks import archive
from tasks.availability.reasons import REASONS
from tasks.duck import Desk, desk
from tasks.errors import NotArchivedError
from tasks.state import StateDatabase

WINDOW = timedelta(hours=24)
APPROVED = "approved.json"  # beside a change set that a person approved: by which run, when, who
READ = ("changes.parquet", "outcomes.parquet", APPROVED)
SYNC = "sync-availability"
MOST = 3
EXAMPLES = 50
PAST = """CREATE TABLE past (place INTEGER, asked BOOLEAN, is_first BOOLEAN, id_product BIGINT, field VARCHAR,
  before VARCHAR, after VARCHAR, reason_code VARCHAR, reason_args VARCHAR)"""
WORDS = {
    "off": "could be ordered 24 hours ago and shall not any more",
    "on": "could not be ordered 24 hours ago and now shall",
}


class PastSet(NamedTuple):
    """A change set that was written: its folder in the archive, and whether a person asked for it."""

    folder: Path
    asked: bool


class Switched(BaseModel):
    """Products that go `to` on or off: `day` in 24 hours with this change set, `here` by itself; of `managed`.

    `reasons`, `suppliers`: how many of `day` by the words for each, the most first. `is_too_many`: nothing may be
    written. `rows`: all of it as a table, `examples`: the first products.
    """

    to: str
    here: int
    day: int
    managed: int
    limit: float
    is_too_many: bool
    reasons: dict[str, int]
    suppliers: dict[str, int]
    rows: list[dict[str, Any]]
    examples: list[dict[str, Any]]

    @property
    def share(self) -> float:
        """Of all managed products, in per cent."""
        return 100 * self.day / (self.managed or 1)

    @property
    def words(self) -> str:
        """What a person reads of it."""
        before = f" ({self.day - self.here:,} of them by earlier runs)" if self.day > self.here else ""
        return (
            f"{self.day:,} of {self.managed:,} products ({self.share:.2f} %) {WORDS[self.to]}{before}; expected at most"
            f" {self.limit:g} %. Why: {_counted(self.reasons)}. Suppliers: {_counted(self.suppliers)}"
        )


def _counted(counts: Mapping[str, int]) -> str:
    shown = [f"{name} ({count:,})" for name, count in list(counts.items())[:MOST]]
    return ", ".join([*shown, *(["others"] if len(counts) > MOST else [])])


def past_sets(state: StateDatabase, integration_id: int, now: Any) -> tuple[list[PastSet], list[str]]:
    """Change sets that count with one of `now`, oldest first, and the ids of those that the archive has no more.

    What a person approved was judged with all that was before it: only what came after that counts.
    """
    values = {"integration_id": integration_id, "since": now - WINDOW}
    with state.session(read_only=True) as session:
        rows = session.execute("change_sets_with_flow", values)
    found: list[PastSet] = []
    gone: list[str] = []
    for row in rows:
        try:
            folder = archive.find("changes", integration_id, row["id"], *READ)
        except NotArchivedError:
            gone.append(row["id"])
            continue
        if (folder / APPROVED).exists():
            found, gone = [], []
        else:
            found.append(PastSet(folder, row["flow"] not in {SYNC, None}))
    return found, gone


def judge(
    changes: Path, past: Sequence[PastSet], suppliers: Path, managed: int, gate: ChangeGate
) -> tuple[list[Switched], list[str]]:
    """Count what a change set switches; also the ids of change sets of the past that can't be read.

    `managed`: how many products of the shop are in our care. `suppliers`: integration_id, name.
    """
    with desk() as table:
        table.load(changes=changes)
        table.show(suppliers=suppliers)
        table.connection.execute(PAST)
        unreadable = [one.folder.name for place, one in enumerate(past) if not _laid(table, place, one)]
        table.run("availability/gate.sql", {"place": len(past)})
        limits = {"off": gate.stop_off_percent, "on": gate.stop_on_percent}
        return [_switched(table, to, limit, managed, gate.min_products) for to, limit in limits.items()], unreadable


def _laid(table: Desk, place: int, one: PastSet) -> bool:
    """Lay a change set of the past on the desk, if its files can be read."""
    changes, told = one.folder / "changes.parquet", one.folder / "outcomes.parquet"
    values = {"place": place, "asked": one.asked, "changes": str(changes)}
    try:
        table.run("availability/gate_past.sql", {**values, "told": str(told if told.exists() else changes)})
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error:
        return False
    return True


def _switched(table: Desk, to: str, limit: float, managed: int, least: int) -> Switched:
    values = {"on": to == "on"}
    rows = table.rows(
        "SELECT s.reason_code, coalesce(s.supplier || coalesce(' ' || n.name, ''), 'none') AS supplier,"
        " count(*) FILTER (here) AS here, count(*) AS day"
        " FROM switched s LEFT JOIN suppliers n ON n.integration_id = try_cast(s.supplier AS BIGINT)"
        " WHERE is_on = $on GROUP BY ALL ORDER BY day DESC, 1, 2",
        values,
    )
    examples = table.rows(
        "SELECT id_product AS product, here, reason_code, supplier FROM switched WHERE is_on = $on"
        " ORDER BY here DESC, id_product LIMIT $most",
        {**values, "most": EXAMPLES},
    )
    here, day = sum(row["here"] for row in rows), sum(row["day"] for row in rows)
    return Switched(
        to=to,
        here=here,
        day=day,
        managed=managed,
        limit=limit,
        # whoever only switches the other way, or switches back, makes nothing worse
        is_too_many=here > 0 and day >= least and 100 * day > limit * managed,
        reasons=_by(rows, "reason_code", REASONS),
        suppliers=_by(rows, "supplier"),
        rows=[_shown(to, row, {"by this run": row["here"], "in 24 hours": row["day"]}) for row in rows],
        examples=[_shown(to, row, {"product": row["product"]}) for row in examples],
    )


def _by(rows: Sequence[Mapping[str, Any]], name: str, words: Mapping[str, str] | None = None) -> dict[str, int]:
    counts: dict[str, int] = {}
    for row in rows:
        key = (words or {}).get(row[name], row[name])
        counts[key] = counts.get(key, 0) + row["day"]
    return dict(sorted(counts.items(), key=lambda count: -count[1]))


def _shown(to: str, row: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    because = REASONS.get(row["reason_code"], row["reason_code"])
    return {**more, "goes": to, "because": because, "supplier": row["supplier"]}
