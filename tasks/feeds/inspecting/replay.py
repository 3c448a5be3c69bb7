"""Archived files of a feed read once more, by other settings: what those would change, before they go live."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import zstandard
from pydantic import BaseModel, Field

from blocks import SupplierFeed
from tasks import archive
from tasks.duck import desk
from tasks.errors import Refused
from tasks.feeds import snapshots
from tasks.feeds.gate import comparing
from tasks.feeds.inspecting.sequence import Sequence
from tasks.feeds.offers.parts import laid_over
from tasks.feeds.offers.read import FeedRead, read_feed
from tasks.feeds.snapshots import Snapshot
from tasks.state import StateDatabase

OF_EACH_KIND = 5
RAW = "raw.zst"


class Replayed(BaseModel):
    """One file, then and now; `fault` says why it could not be compared, and then only rejects may be counted."""

    snapshot_id: str
    fault: str = ""
    is_read: bool = False
    offers_then: int = 0
    offers_now: int = 0
    rejected_then: int = 0
    rejected_now: int = 0
    rejected_by_reason: dict[str, tuple[int, int]] = Field({}, description="reason -> then, now")
    gone: int = Field(0, description="items that are no offer any more")
    new: int = Field(0, description="items that were none before")
    other_key: int = Field(0, description="offers whose supplier's code, SKU or EAN is read differently")
    other_stock: int = 0
    other_availability: int = 0
    other_days: int = 0
    other_price: int = 0
    switched_on: int = 0
    switched_off: int = 0
    gate_then: str = ""
    gate_now: str = Field("", description="if all these files had come read like this")
    gate_reason: str = ""
    verdict: str = Field("", description="newest file only: the gate, if it came like this after the last good one")
    differences: list[dict[str, Any]] = []


class Newest(NamedTuple):
    """The newest archived file, as this block reads it, and what the gate would say of it now."""

    snapshot: Snapshot
    verdict: str


def replay(
    state: StateDatabase, feed: SupplierFeed, count: int, folder: Path, now: datetime
) -> tuple[list[Replayed], Newest | None]:
    """Read the newest `count` archived files of the feed by its block's settings, the newest first; nothing is kept.

    The second is None where the newest file could not be read.
    """
    found = snapshots.latest(state, feed.integration_id, feed.part.name, count + 1)
    linked = snapshots.linked_keys(state, feed.integration_id, folder)
    sequence = Sequence(feed, linked)
    replayed: list[Replayed] = []
    before = found[count][1] if len(found) > count else None
    tried: Snapshot | None = None
    for place, (snapshot_id, snapshot) in reversed(list(enumerate(found[:count]))):
        told, tried = _replayed(feed, snapshot_id, snapshot, before, folder / f"replay-{place}")
        if snapshot and tried:
            verdict = sequence.judge(tried, approved=snapshot.approved_at is not None)
            told.gate_now, told.gate_reason = verdict.status, verdict.reason
        replayed.insert(0, told)
        before = tried or snapshot or before
    if not replayed or tried is None:
        return replayed, None
    last = snapshots.last_good(state, feed.integration_id, feed.part.name) or snapshots.predecessor(state, feed)
    judged = comparing.judge(state, feed, tried, last, folder, now).judged
    replayed[0].verdict = f"{judged.status}: {judged.reason}" if judged else ""
    return replayed, Newest(tried, replayed[0].verdict)


def _replayed(
    feed: SupplierFeed, snapshot_id: str, snapshot: Snapshot | None, before: Snapshot | None, folder: Path
) -> tuple[Replayed, Snapshot | None]:
    """Read one file; `before`: the snapshot before it as it is read now, which changes are laid over."""
    told = Replayed(snapshot_id=snapshot_id)
    if snapshot is None:
        told.fault = "it is not in the archive any more"
        return told, None
    told.gate_then, told.rejected_then = _gate_then(snapshot), snapshot.rows_rejected
    raw = archive.find("feeds", snapshot.integration_id, snapshot.id, RAW) / RAW
    if not raw.exists():
        told.fault = "the file itself is not kept any more"
        return told, None
    folder.mkdir()
    try:
        read = read_feed(feed, _unpacked(raw, folder / "raw"), folder)
    except Refused as refused:
        told.fault = f"would be refused: {refused}"
        if isinstance(refused.summary, FeedRead):
            _count_rejects(told, snapshot, refused.summary)
        return told, None
    _count_rejects(told, snapshot, read)
    by_block = {name: getattr(feed, name) for name in ("part", "contractor_id", "default_delivery_days")}
    none_yet = {"archived": False, "verdict": None, "approved_at": None}
    tried = snapshot.model_copy(update={"offers": read.offers, "rejects": read.rejects, **by_block, **none_yet})
    if feed.part.delta:
        tried = tried.model_copy(update={"offers": laid_over(tried, before, folder / "known_offers.parquet")})
    return told.model_copy(update={"is_read": True, **_compared(snapshot.offers, tried.offers)}), tried


def _gate_then(snapshot: Snapshot) -> str:
    return "approved" if snapshot.approved_at else snapshot.verdict or ""


def _count_rejects(told: Replayed, snapshot: Snapshot, read: FeedRead) -> None:
    told.rejected_now = read.rows_rejected
    then, now = snapshot.rejected_by_reason, read.rejected_by_reason
    told.rejected_by_reason = {
        reason: (_of(then, reason), _of(now, reason)) for reason in sorted(then.keys() | now.keys())
    }


def _of(counts: Mapping[str, int], reason: str) -> int:
    return counts.get(reason, 0)


def _unpacked(raw: Path, to: Path) -> Path:
    with raw.open("rb") as packed, to.open("wb") as plain:
        zstandard.ZstdDecompressor().copy_stream(packed, plain)
    return to


def _compared(then: Path, now: Path) -> dict[str, Any]:
    with desk() as table:
        table.show(offers_then=then, offers_now=now)
        table.run("feeds/inspecting/replay.sql", {"most": OF_EACH_KIND})
        (counts,) = table.rows("FROM counts")
        differences = table.rows('SELECT what, item, "then", now FROM differences ORDER BY kind, place')
    return {**counts, "differences": differences}
