"""What each supplier said of one product over time, from the archived versions of its feed that were believed."""

from __future__ import annotations

import json
import tempfile
from datetime import datetime
from decimal import Decimal, InvalidOperation
from math import floor
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from tasks.duck import desk
from tasks.history.archived import ask, entry
from tasks.state import StateDatabase

Row = dict[str, Any]
LINK_COLUMNS = ("integration_id", "external_product_id", "sku", "ean", "supplier_availability")


class Link(NamedTuple):
    """An item that is the product now, a supplier's or a shop's. `pack_size`: pieces of ours in one of theirs."""

    integration_id: int
    item: str | None
    sku: str | None
    ean: str | None
    is_supplier: bool
    pack_size: Decimal


class Told(NamedTuple):
    """Rows, oldest first by supplier; how many versions were looked at; how many are there no more, or unreadable."""

    rows: list[Row]
    versions: int
    left_out: int


def links_of(state: StateDatabase, product_id: int) -> list[Link]:
    """Return all items of suppliers and of shops that are this product now, by integration."""
    with tempfile.TemporaryDirectory(prefix="rexbit-history-") as folder, desk() as table:
        where = {"product_id": product_id}
        path = state.read("integration_product_links", Path(folder) / "links.parquet", LINK_COLUMNS, where)
        table.load(links=path)
        return [_link(row) for row in table.rows("FROM links ORDER BY integration_id")]


def _link(row: Row) -> Link:
    said = json.loads(row["supplier_availability"] or "null")
    try:
        pack = Decimal(str((said or {}).get("pack_size") or 1))
    except InvalidOperation:
        pack = Decimal(1)
    item, sku, ean = row["external_product_id"], row["sku"], row["ean"]
    return Link(int(row["integration_id"]), item, sku, ean, said is not None, pack)


def offer_rows(state: StateDatabase, links: list[Link], since: datetime) -> Told:
    """Return a row a supplier and believed version of its feed since a time, and the one that held at that time.

    `at`: from when it counted, to the next one of the supplier; `confirmed_at`: when the supplier last served it.
    `is_listed`: whether the item stood in it; if not, or if its code was not clear, nothing else is known.
    `stock_quantity`: in units of ours. `delivery_days`: what it promised at that time, by days or by a date.
    """
    with state.session(read_only=True) as session:
        suppliers = {int(row["integration_id"]): row for row in session.execute("supplier_names")}
    rows: list[Row] = []
    versions = left_out = 0
    for link in links:
        if link.is_supplier:
            known = suppliers.get(link.integration_id, {"name": None, "timezone": "UTC"})
            told = _of_supplier(state, link, known, since)
            rows += told.rows
            versions, left_out = versions + told.versions, left_out + told.left_out
    return Told(rows, versions, left_out)


def _of_supplier(state: StateDatabase, link: Link, supplier: Row, since: datetime) -> Told:
    with state.session(read_only=True) as session:
        values = {"integration_id": link.integration_id, "since": since}
        snapshots = session.execute("snapshots_believed_since", values)
    files = {row["id"]: entry("feeds", link.integration_id, row["id"], _file(row)) for row in snapshots}
    there = [path for path in files.values() if path]
    asked = ask("history/offers.sql", there, {"item": link.item, "sku": link.sku, "ean": link.ean})
    rows = [
        {
            "at": _counted_from(row),
            "confirmed_at": row["last_seen_at"] or row["fetched_at"],
            "supplier": link.integration_id,
            "supplier_name": supplier["name"],
            "snapshot_id": row["id"],
            **_said(asked.rows[path], link, _counted_from(row), supplier["timezone"]),
        }
        for row in snapshots
        if (path := files[row["id"]]) in asked.rows
    ]
    return Told(rows, len(snapshots), len(files) - len(there) + asked.left_out)


def _file(snapshot: Row) -> str:
    """Name the file of all that the supplier offered then: of several parts, put together as they were applied."""
    return "merged.parquet" if snapshot["part"] else "offers.parquet"


def _counted_from(snapshot: Row) -> datetime:
    at: datetime = snapshot["approved_at"] or snapshot["fetched_at"]
    return at


def _said(found: list[Row], link: Link, at: datetime, timezone: str) -> Row:
    names = ("stock_quantity", "is_available", "delivery_days", "available_from")
    if not found or found[0]["rows"] > 1:
        return {"is_listed": bool(found), **dict.fromkeys(names)}
    said = {"is_listed": True, **{name: found[0][name] for name in names}}
    if said["stock_quantity"] is not None:
        said["stock_quantity"] = floor(said["stock_quantity"] * link.pack_size)
    if said["available_from"] is not None:
        until = (said["available_from"] - at.astimezone(ZoneInfo(timezone)).date()).days
        said["delivery_days"] = max(said["delivery_days"] or 0, until, 0)
    return said
