"""Is a readable feed believed? Compared with what was good before; measures and decides, changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from blocks import FeedGate
from tasks.duck import Desk, desk
from tasks.feeds.gate.verdict import Band, Loss, Numbers, Verdict, decide

SAMPLE = 50


class Before(BaseModel):
    """What a snapshot is compared with: the last good one, the high-water marks, and what the past taught.

    `offers`, `day`, `week`: offers.parquet files; `recent`: Parquet with offer_key, last_available_at, went_off_in
    (None: not known); `approved`: ids of approved snapshots; `seconded`: whether a different file waits already.
    """

    offers: Path
    fetched_at: datetime
    day: Path | None = None
    week: Path | None = None
    recent: Path | None = None
    approved: list[str] = []
    band: Band = Band()
    seconded: bool = True


class Judged(BaseModel):
    """A snapshot to be judged: its `offers.parquet`, id and time; `recent_to`: where `recent` of it is to be put.

    `says_stock`: whether it is asked what is available. `changes`: of a file with changes only, Parquet of all that
    such files said (offers with `given_at`), `changed_since` the last good one; `offers` are then the supplier's.
    """

    offers: Path
    id: str = ""
    fetched_at: datetime | None = None
    recent_to: Path | None = None
    says_stock: bool = True
    changes: Path | None = None
    changed_since: datetime | None = None


def judge(new: Judged, before: Before | None, linked: Path | None, gate: FeedGate) -> Verdict:
    """Judge a snapshot. `before` None: it is the first one, for which only the floor counts.

    `linked`: Parquet with offer_key VARCHAR, the items that have a product; None: unknown, so every item counts.
    """
    with desk() as table:
        numbers = _measure(table, new, before, linked, gate)
        band = before.band if before and gate.learn else None
        status, reason = decide(numbers, gate, band, seconded=before is None or before.seconded)
        went = [] if status == "passed" else _sample(table, new, before)
        if new.recent_to:
            table.save("recent_now", new.recent_to)
    return Verdict(status=status, reason=reason, numbers=numbers, went=went)


def _measure(table: Desk, new: Judged, before: Before | None, linked: Path | None, gate: FeedGate) -> Numbers:
    table.run("feeds/gate/tables.sql")
    if linked:
        table.run("feeds/gate/linked.sql", {"path": str(linked)})
    if before and before.recent:
        table.run("feeds/gate/recent.sql", {"path": str(before.recent)})
    for baseline, path in (("day", before.day), ("week", before.week)) if before else ():
        if path:
            table.run("feeds/gate/window.sql", {"baseline": baseline, "path": str(path)})
    now = new.fetched_at or datetime.now(UTC)
    values = {
        "new_offers": str(new.offers),
        "last_offers": str(before.offers if before else new.offers),
        "has_last": before is not None,
        "every_item_counts": linked is None,
        "approved": before.approved if before else [],
        "now": now,
        "last_at": before.fetched_at if before else now,
        "snapshot_id": new.id,
    }
    table.run("feeds/gate/gate.sql", values)
    if new.changes:
        changes = {"changes": str(new.changes), "since": new.changed_since, "min_affected": gate.min_affected}
        table.run("feeds/gate/changes.sql", changes)
    return _numbers(table, new)


def _numbers(table: Desk, new: Judged) -> Numbers:
    losses = {
        row.pop("baseline"): Loss.model_validate(row)
        for row in table.rows("SELECT * FROM losses WHERE baseline IS NOT NULL")
    }
    return Numbers(
        says_stock=new.says_stock,
        is_delta=new.changes is not None,
        offers=table.count("pairs", "is_there"),
        available=table.count("pairs", "is_on"),
        **losses,
        **table.rows("SELECT * FROM gains")[0],
        **table.rows("SELECT * FROM price_move")[0],
        constant={row["field"]: row["linked_changed"] for row in table.rows("SELECT * FROM constants ORDER BY field")},
    )


def _sample(table: Desk, new: Judged, before: Before | None) -> list[dict[str, Any]]:
    if before is None:
        return []
    table.run(
        "feeds/gate/sample.sql", {"new_offers": str(new.offers), "last_offers": str(before.offers), "most": SAMPLE}
    )
    return table.rows("SELECT * FROM went ORDER BY linked DESC, item")
