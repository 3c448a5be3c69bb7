"""A supplier with several files: changes laid over what was known, and all parts put together item by item."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import BaseModel

from blocks.feed_part import Says
from tasks.duck import Desk, desk
from tasks.errors import WrongSettingsError
from tasks.feeds.snapshots import Snapshot

STILL_IMPORTED = timedelta(days=3)  # a feed that came within it is not switched off
GROUPS: tuple[Says, ...] = ("stock", "delivery", "price", "codes")


class Merged(BaseModel):
    """The offers of all parts, and of each part how many items it has (`items`) and how many of them are `offers`."""

    offers: Path
    met: dict[str, dict[str, int]]


def laid_over(snapshot: Snapshot, before: Snapshot | None, to: Path) -> Path:
    """Write what is known after a file with changes only: its offers, and what they leave out of those before it.

    Columns as of offers, and `given_at` TIMESTAMP (UTC): when that was said.
    """
    with desk() as table:
        table.load(said=snapshot.offers, before=before.offers if before else snapshot.offers)
        table.connection.execute("ALTER TABLE before ADD COLUMN IF NOT EXISTS given_at TIMESTAMP")
        before_at = before.said_at if before else snapshot.said_at
        table.run("feeds/offers/changes.sql", {"at": _plain(snapshot.said_at), "before_at": _plain(before_at)})
        return table.save("offers", to, to_keep=True)


def in_force(snapshots: Sequence[Snapshot]) -> list[Snapshot]:
    """Leave out the files in whose place another one stands; by the parts' names."""
    over = {name for snapshot in snapshots for name in snapshot.part.replaces}
    return sorted((one for one in snapshots if one.part.name not in over), key=lambda one: one.part.name)


def refuse_replaced(snapshot: Snapshot, others: Sequence[Snapshot]) -> None:
    """Raise WrongSettingsError for a file in whose place another one stands."""
    for other in others:
        if snapshot.part.name in other.part.replaces:
            raise WrongSettingsError(
                f"part: expected a file that still counts, got `{snapshot.part.name}`, in whose place"
                f" `{other.part.name}` stands. Switch this feed off, or take the name out of the other's `replaces` and"
                " import that one again"
            )


def deciding(snapshots: Sequence[Snapshot]) -> list[Snapshot]:
    """Files that want to decide that an item is missing; only of one can it be said that it does."""
    whole = [one for one in snapshots if one.part.says("stock") and not one.part.delta]
    chosen = [one for one in whole if one.part.decides_absence]
    return chosen or [one for one in whole if one.part.decides_absence is None]


def warnings(
    snapshots: Sequence[Snapshot],
    together: Merged,
    deciders: Sequence[Snapshot],
    only_file_at: datetime | None,
    now: datetime,
) -> list[str]:
    """What an operator should know of the files of a supplier, put together.

    `only_file_at`: when a file without a name was last imported for this supplier; None: never. All times aware.
    """
    if not any(one.part.says("stock") for one in snapshots):
        return ["No file of this supplier that says anything about stock was believed yet, so nothing is linked"]
    words = []
    if only_file_at and only_file_at > max(min(one.fetched_at for one in snapshots), now - STILL_IMPORTED):
        words.append(
            f"A file without a name is still imported for this supplier (last on {only_file_at:%Y-%m-%d %H:%M} UTC) and"
            " writes the same links by itself: switch that feed off, or give it a part's name"
        )
    if len(deciders) > 1:
        names = ", ".join(f"`{one.part.name}`" for one in deciders)
        words.append(
            f"Several files could decide that an item is missing ({names}), so none does: set `decides_absence` for one"
        )
    words += [
        f"None of the {met['items']:,} items of the file `{part}` is an offer: do all files of this supplier name their"
        " items by the same code (`supplier_sku`, else SKU, else EAN)?"
        for part, met in together.met.items()
        if met["items"] and not met["offers"]
    ]
    return words


def merged(snapshots: Sequence[Snapshot], to: Path, current: str = "") -> Merged:
    """Put the offers of parts together (see parts.sql); at least one. `current`: the part whose row numbers stay.

    Columns as of offers, and stock_at, delivery_at, price_at, codes_at TIMESTAMP (UTC): when that was said. What a
    block says for all its items (contractor, usual delivery days) is taken from the first part, by name, that has it
    (of the days: first of those that say `delivery`), so that it does not depend on which one is imported.
    """
    in_order = sorted(snapshots, key=lambda one: one.part.name)
    of_delivery = sorted(in_order, key=lambda one: not one.part.says("delivery"))
    days = (one.default_delivery_days for one in of_delivery)
    with desk() as table:
        for number, snapshot in enumerate(in_order):
            _lay(table, number, snapshot)
        every = " UNION ALL BY NAME ".join(f"FROM part_{number}" for number in range(len(in_order)))
        table.connection.execute(f"CREATE TABLE said AS {every}")
        values = {
            "current": current,
            "contractor_id": next((one.contractor_id for one in in_order if one.contractor_id), None),
            "delivery_days": next((usual for usual in days if usual is not None), None),
        }
        table.run("feeds/offers/parts.sql", values)
        met = {str(row.pop("part")): row for row in table.rows("FROM met")}
        return Merged(offers=table.save("merged", to, to_keep=True), met=met)


def _lay(table: Desk, number: int, snapshot: Snapshot) -> None:
    says = ", ".join(f"$says_{group} AS says_{group}" for group in GROUPS)
    said_at = "given_at" if snapshot.part.delta else "$at::TIMESTAMP"
    table.connection.execute(
        f"CREATE TABLE part_{number} AS SELECT *, $part AS part, {said_at} AS said_at, $is_delta AS is_delta, {says}"  # noqa: S608
        " FROM read_parquet($offers)",
        {
            "offers": str(snapshot.offers),
            "part": snapshot.part.name,
            "is_delta": snapshot.part.delta,
            **({} if snapshot.part.delta else {"at": _plain(snapshot.said_at)}),
            **{f"says_{group}": snapshot.part.says(group) for group in GROUPS},
        },
    )


def _plain(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(tzinfo=None)
