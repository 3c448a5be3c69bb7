"""Archived files of a feed read once more, by other settings: what those would change, before they go live."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import zstandard
from pydantic import BaseModel, Field

from blocks import SupplierFeed
from tasks.duck import desk
from tasks.errors import RexbitError
from tasks.feeds import snapshots
from tasks.feeds.gate import comparing
from tasks.feeds.offers.read import FeedRead, read_feed
from tasks.feeds.snapshots import Snapshot
from tasks.state import StateDatabase

SHOWN = 10
RAW = "raw.zst"


class Replayed(BaseModel):
    """One file, then and now; `fault` says why it could not be read now. `verdict`: of the newest one only."""

    snapshot_id: str
    fault: str = ""
    offers_then: int = 0
    offers_now: int = 0
    rejected_then: int = 0
    rejected_now: int = 0
    gone: int = Field(0, description="items that are no offer any more")
    new: int = Field(0, description="items that were none before")
    other_stock: int = 0
    other_days: int = 0
    other_price: int = 0
    switched_on: int = 0
    switched_off: int = 0
    verdict: str = ""
    differences: list[dict[str, Any]] = []


def replay(state: StateDatabase, feed: SupplierFeed, count: int, folder: Path, now: datetime) -> list[Replayed]:
    """Read the newest `count` archived files of the feed by its block's settings, the newest first; nothing is kept."""
    return [
        _replayed(state, feed, snapshot, folder / f"replay-{place}", None if place else now)
        for place, snapshot in enumerate(snapshots.latest(state, feed.integration_id, feed.part.name, count))
    ]


def _replayed(
    state: StateDatabase, feed: SupplierFeed, snapshot: Snapshot, folder: Path, now: datetime | None
) -> Replayed:
    told = Replayed(snapshot_id=snapshot.id)
    raw = snapshot.offers.with_name(RAW)
    if not raw.exists():
        told.fault = "the file itself is not kept any more"
        return told
    folder.mkdir()
    try:
        read = read_feed(feed, _unpacked(raw, folder / "raw"), folder)
    except RexbitError as error:
        told.fault = f"would be refused: {error}"
        return told
    told = told.model_copy(update=_compared(snapshot, read))
    if now:
        told.verdict = _verdict(state, feed, snapshot, read, folder, now)
    return told


def _unpacked(raw: Path, to: Path) -> Path:
    with raw.open("rb") as packed, to.open("wb") as plain:
        zstandard.ZstdDecompressor().copy_stream(packed, plain)
    return to


def _compared(snapshot: Snapshot, read: FeedRead) -> dict[str, Any]:
    with desk() as table:
        table.show(offers_then=snapshot.offers, offers_now=read.offers)
        table.run("feeds/inspecting/replay.sql")
        (counts,) = table.rows("FROM counts")
        differences = table.rows("FROM differences LIMIT $most", {"most": SHOWN})
    return {
        **counts,
        "rejected_then": snapshot.rows_rejected,
        "rejected_now": read.rows_rejected,
        "differences": differences,
    }


def _verdict(
    state: StateDatabase, feed: SupplierFeed, snapshot: Snapshot, read: FeedRead, folder: Path, now: datetime
) -> str:
    """What the gate would make of the file, read like this, after the last good one."""
    last = snapshots.last_good(state, feed.integration_id, feed.part.name)
    tried = snapshot.model_copy(update={"offers": read.offers, "rejects": read.rejects, "archived": False})
    judged = comparing.judge(state, feed, tried, last, folder, now).judged
    return f"{judged.status}: {judged.reason}" if judged else ""
