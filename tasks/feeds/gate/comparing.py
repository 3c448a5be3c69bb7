"""A snapshot before the gate: what it is compared with is looked up, and the verdict is given."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from blocks import SupplierFeed
from tasks import archive
from tasks.feeds import snapshots
from tasks.feeds.gate import history, measures
from tasks.feeds.snapshots import Snapshot
from tasks.state import StateDatabase

DAY, WEEK = 24, 7 * 24


def judge(
    state: StateDatabase, feed: SupplierFeed, snapshot: Snapshot, last: Snapshot | None, folder: Path, now: datetime
) -> Snapshot:
    """Give back the snapshot with its verdict in `judged`; nothing is recorded.

    `last`: the last good one. `folder`: where intermediate files may stand. An archived snapshot gets its
    `recent.parquet`, from which a later one learns what was available within 14 days.
    """
    before = _before(state, feed, last, now) if last else None
    if before:
        before.seconded = snapshots.is_other_waiting(state, snapshot)
    recent_to = folder / snapshots.RECENT if snapshot.archived else None
    new = measures.Judged(offers=snapshot.offers, id=snapshot.id, fetched_at=now, recent_to=recent_to)
    linked = snapshots.linked_keys(state, feed.integration_id, folder)
    verdict = measures.judge(new, before, linked, feed.gate)
    if recent_to:
        archive.add(snapshot.offers.parent, snapshots.RECENT, recent_to)
    return snapshot.model_copy(update={"judged": verdict})


def new_columns(snapshot: Snapshot, last: Snapshot | None) -> list[str]:
    """Columns that the last good file did not have; none where its columns are not known."""
    known = set(last.columns) if last else set()
    return [name for name in snapshot.columns if name not in known] if known else []


def _before(state: StateDatabase, feed: SupplierFeed, last: Snapshot, now: datetime) -> measures.Before:
    past = history.steps(state, feed.integration_id, now, feed.part.name)
    marks = {"day": history.high_water(past, now, DAY), "week": history.high_water(past, now, WEEK)}
    return measures.Before(
        offers=last.offers,
        fetched_at=last.fetched_at,
        recent=last.recent,
        approved=history.approved_ids(past),
        band=history.band(past, now),
        **{name: snapshots.offers_of(feed.integration_id, step.id) for name, step in marks.items() if step},
    )
