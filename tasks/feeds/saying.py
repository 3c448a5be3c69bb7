"""What a supplier's files say of one item: the last believed ones, and newer ones that are held back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel

from tasks import archive
from tasks.duck import Desk, desk, sql_text
from tasks.errors import NotArchivedError
from tasks.state import Session

MOST = 20
FIELDS = (
    "stock_quantity",
    "is_available",
    "delivery_days",
    "available_from",
    "purchase_price",
    "currency",
    "available_later",
    "name",
)


class ItemAsked(NamedTuple):
    """An item: the keys by which its supplier knows it and its combinations; without one, the product's own codes."""

    keys: list[str]
    sku: str | None = None
    ean: str | None = None


class OfferSaid(BaseModel):
    """A record of a file: `key` as its supplier knows it, `values` by field (see FIELDS), only those that it says."""

    key: str
    sku: str | None = None
    ean: str | None = None
    values: dict[str, Any]


class FileSays(BaseModel):
    """A version of a file. `believed` False: it is held back, for `reason`.

    `offers`: the item's records, the surest first. `rejected`: why its record could not be read. `is_archived` False:
    the archive holds the file no more.
    """

    snapshot_id: str
    part: str = ""
    fetched_at: datetime
    last_seen_at: datetime | None = None
    verdict: str
    reason: str | None = None
    believed: bool
    is_archived: bool = True
    offers: list[OfferSaid] = []
    rejected: str | None = None


class SupplierSays(BaseModel):
    """The files of a supplier; `confirmed_at`: when the last of them was seen to be good."""

    integration_id: int
    confirmed_at: datetime | None = None
    held_since: datetime | None = None
    stale_since: datetime | None = None
    believed: list[FileSays] = []
    held: list[FileSays] = []


def says(session: Session, integration_id: int, asked: ItemAsked) -> SupplierSays:
    """What a supplier says of an item, out of the archive; found by the index, so a year of snapshots costs nothing."""
    health = session.execute("feed_parts", {"integration_id": integration_id})
    told = SupplierSays(integration_id=integration_id)
    for row in health:
        told.confirmed_at = max(filter(None, (told.confirmed_at, row["confirmed_at"])), default=None)
        told.held_since = told.held_since or row["held_since"]
        told.stale_since = told.stale_since or row["stale_since"]
    for part in [row["part"] for row in health] or [""]:
        for file in _files(session, integration_id, part, asked):
            (told.believed if file.believed else told.held).append(file)
    return told


def _files(session: Session, integration_id: int, part: str, asked: ItemAsked) -> Iterator[FileSays]:
    values = {"integration_id": integration_id, "part": part}
    good = session.execute("snapshot_last_good", values)
    newest = session.execute("snapshot_newest", values)
    if good:
        yield _file(good[0], asked, believed=True)
    if newest and newest[0]["id"] not in {row["id"] for row in good}:
        yield _file(newest[0], asked, believed=False)


def _file(row: dict[str, Any], asked: ItemAsked, *, believed: bool) -> FileSays:
    file = FileSays(
        snapshot_id=row["id"],
        part=row["part"],
        fetched_at=row["fetched_at"],
        last_seen_at=row["last_seen_at"],
        verdict="approved" if row["approved_at"] else row["verdict"],
        reason=row["reason"] or None,
        believed=believed,
    )
    try:
        files = ("offers.parquet", "rejects.parquet")
        place = archive.find("feeds", int(row["integration_id"]), str(row["id"]), *files)
    except NotArchivedError:
        file.is_archived = False
        return file
    file.offers = _offers(place / "offers.parquet", asked)
    if not file.offers and asked.keys:
        file.rejected = _rejected(place / "rejects.parquet", asked.keys)
    return file


def _offers(path: Path, asked: ItemAsked) -> list[OfferSaid]:
    with desk() as table:
        table.show(offers=path)
        found = table.rows(sql_text("feeds/saying.sql"), {**asked._asdict(), "most": MOST})
        return [_offer(table, one["row_number"], one["offer_key"]) for one in found]


def _offer(table: Desk, row_number: int, key: str) -> OfferSaid:
    """The whole record: looked up by its number, which the file is in the order of."""
    (row,) = table.rows("FROM offers WHERE row_number = $row_number", {"row_number": row_number})
    values = {name: row[name] for name in FIELDS if row.get(name) is not None}
    return OfferSaid(key=key, sku=row["sku"], ean=row["ean"], values=values)


def _rejected(path: Path, keys: list[str]) -> str | None:
    with desk() as table:
        table.show(rejects=path)
        rows = table.rows(
            "SELECT reason FROM rejects WHERE list_contains($keys::VARCHAR[], key) AND scope = 'row' LIMIT 1",
            {"keys": keys},
        )
        return str(rows[0]["reason"]) if rows else None
