"""A supplier with several files: changes laid over what was known, and all parts put together item by item."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from blocks.feed_part import Says
from tasks.duck import Desk, desk
from tasks.feeds.snapshots import Snapshot

GROUPS: tuple[Says, ...] = ("stock", "delivery", "price", "codes")


def laid_over(snapshot: Snapshot, before: Snapshot | None, to: Path) -> Path:
    """Write what is known after a file with changes only: its offers, and what they leave out of those before it.

    Columns as of offers, and `given_at` TIMESTAMP (UTC): when that was said.
    """
    with desk() as table:
        table.load(said=snapshot.offers, before=before.offers if before else snapshot.offers)
        table.connection.execute("ALTER TABLE before ADD COLUMN IF NOT EXISTS given_at TIMESTAMP")
        before_at = before.fetched_at if before else snapshot.fetched_at
        table.run("feeds/offers/changes.sql", {"at": _plain(snapshot.fetched_at), "before_at": _plain(before_at)})
        return table.save("offers", to, to_keep=True)


def merged(snapshots: Sequence[Snapshot], to: Path) -> Path:
    """Put the offers of all parts together (see parts.sql).

    Columns as of offers, and stock_at, delivery_at, price_at, codes_at TIMESTAMP (UTC): when that was said.
    """
    with desk() as table:
        for number, snapshot in enumerate(snapshots):
            _lay(table, number, snapshot)
        every = " UNION ALL BY NAME ".join(f"FROM part_{number}" for number in range(len(snapshots)))
        table.connection.execute(f"CREATE TABLE said AS {every}")
        table.run("feeds/offers/parts.sql")
        return table.save("merged", to)


def _lay(table: Desk, number: int, snapshot: Snapshot) -> None:
    says = ", ".join(f"$says_{group} AS says_{group}" for group in GROUPS)
    said_at = "given_at" if snapshot.delta else "$at::TIMESTAMP"
    table.connection.execute(
        f"CREATE TABLE part_{number} AS SELECT *, $part AS part, {said_at} AS said_at, $is_delta AS is_delta, {says}"  # noqa: S608
        " FROM read_parquet($offers)",
        {
            "offers": str(snapshot.offers),
            "part": snapshot.part,
            "is_delta": snapshot.delta,
            **({} if snapshot.delta else {"at": _plain(snapshot.fetched_at)}),
            **{f"says_{group}": snapshot.says(group) for group in GROUPS},
        },
    )


def _plain(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(tzinfo=None)
