"""Archived files of one of several files, read once more: what they are compared with, and what is laid over what."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from blocks import SupplierFeed
from blocks.feed_part import FeedPart
from tasks.feeds import snapshots
from tasks.feeds.gate.verdict import Numbers, Status, Verdict
from tasks.feeds.inspecting.replay import replay
from tasks.feeds.snapshots import Snapshot
from tasks.state import StateDatabase, open_state
from tests import parquet

AT = datetime(2026, 11, 24, 5, 5, tzinfo=UTC)
ONLY_FILE, STOCK, CHANGES = FeedPart(), FeedPart(name="stock"), FeedPart(name="changes", delta=True)


@pytest.fixture
def state(rexbit_home: Path) -> Iterator[StateDatabase]:
    with open_state() as opened:
        yield opened


def archived(
    state: StateDatabase, folder: Path, part: FeedPart, hours: int, said: str, known: str, verdict: Status = "passed"
) -> Snapshot:
    """Import a file that says `said`, a letter an item, after which `known` are known."""
    at, place = AT + timedelta(hours=hours), folder / f"{part.name}-{hours}"
    place.mkdir()
    raw = place / "raw"
    raw.write_text("sku;stan\n" + "".join(f"{sku};5\n" for sku in said), encoding="utf-8")
    rows = [
        {"row_number": place, "sku": sku, "stock_quantity": 5, "given_at": at.replace(tzinfo=None)}
        for place, sku in enumerate(known)
    ]
    snapshot = Snapshot(
        id=snapshots.snapshot_id(6, at, said, "s", part.name),
        integration_id=6,
        part=part,
        content_hash=said,
        settings_hash="s",
        fetched_at=at,
        offers=parquet.write(place / "offers.parquet", f"{parquet.OFFERS}, given_at TIMESTAMP", rows),
        rejects=parquet.write(place / "rejects.parquet", parquet.REJECTS),
        rows_read=len(said),
        rows_rejected=0,
    )
    kept = snapshots.keep(snapshot, raw)
    numbers = Numbers(offers=len(known), available=len(known))
    kept = kept.model_copy(update={"judged": Verdict(status=verdict, reason="", numbers=numbers)})
    with state.session() as session:
        snapshots.record(session, kept, "run", at)
    return kept


def feed(part: FeedPart) -> SupplierFeed:
    mapping = {"sku": "sku", "stock_quantity": "stan"}
    return SupplierFeed(integration_id=6, source="a.csv", part=part, mapping=mapping, gate={"min_affected": 0})


def test_a_first_part_is_compared_with_the_file_in_whose_place_it_stands(state: StateDatabase, tmp_path: Path) -> None:
    """As an import compares it; without that it would be a first file, which passes."""
    archived(state, tmp_path, ONLY_FILE, 0, "ABCDEFGH", "ABCDEFGH")
    archived(state, tmp_path, STOCK, 1, "ABCD", "ABCD", "quarantined")
    (told,), _ = replay(state, feed(STOCK), 1, tmp_path, AT + timedelta(hours=2))
    assert told.verdict.startswith("quarantined: ")


def test_changes_are_laid_over_the_file_before_one_that_is_gone(state: StateDatabase, tmp_path: Path) -> None:
    archived(state, tmp_path, CHANGES, 0, "A", "A")
    gone = archived(state, tmp_path, CHANGES, 1, "B", "AB")
    archived(state, tmp_path, CHANGES, 2, "C", "ABC")
    shutil.rmtree(gone.offers.parent)
    newest, *_ = replay(state, feed(CHANGES), 3, tmp_path, AT + timedelta(hours=3))[0]
    assert (newest.offers_now, newest.gone) == (2, 1)  # only what the lost file said
