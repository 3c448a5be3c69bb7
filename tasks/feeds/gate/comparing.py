"""A snapshot before the gate: what it is compared with is looked up, and the verdict is given."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from blocks import SupplierFeed
from tasks import archive
from tasks.feeds import snapshots
from tasks.feeds.gate import history, measures
from tasks.feeds.offers import parts
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
    new = measures.Judged(offers=snapshot.offers, id=snapshot.id, fetched_at=now, says_stock=feed.part.says("stock"))
    if feed.part.delta:
        before = _among_all(state, snapshot, last, folder, before, new)
    if before:
        before.seconded = snapshots.is_other_waiting(state, snapshot)
    new.recent_to = folder / snapshots.RECENT if snapshot.archived else None
    linked = snapshots.linked_keys(state, feed.integration_id, folder)
    verdict = measures.judge(new, before, linked, feed.gate)
    if new.recent_to:
        archive.add(snapshot.offers.parent, snapshots.RECENT, new.recent_to)
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


def _among_all(
    state: StateDatabase,
    snapshot: Snapshot,
    last: Snapshot | None,
    folder: Path,
    before: measures.Before | None,
    new: measures.Judged,
) -> measures.Before | None:
    """Compare all of the supplier's offers, with and without what a file with changes only says anew.

    Its own items are few: that half of them were sold out says nothing of the supplier. The high-water marks are left
    to the whole files, whose changes these would be blamed for.
    """
    others = snapshots.good_parts(state, snapshot.integration_id, snapshot.part.name)
    new.offers = parts.merged(parts.in_force([*others, snapshot]), folder / "all_with.parquet").offers
    new.changes, new.changed_since = snapshot.offers, last.fetched_at if last else None
    known = [*others, *([last] if last else [])]
    if not known:
        return None
    offers = parts.merged(parts.in_force(known), folder / "all_before.parquet").offers
    if before:
        return before.model_copy(update={"offers": offers, "day": None, "week": None})
    return measures.Before(offers=offers, fetched_at=max(one.fetched_at for one in known))
