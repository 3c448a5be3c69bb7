"""History as short tables for a person: a row a day of the shop's time zone, a row a supplier, a row a change."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby, pairwise
from typing import Any
from zoneinfo import ZoneInfo

Row = dict[str, Any]


def of_days(rows: Sequence[Row], zone: ZoneInfo) -> list[Row]:
    """Sync runs by day, newest first: on and off as the day's last run left them, the rest added up."""
    days = []
    for day, grouped in groupby(rows, key=lambda row: row["started_at"].astimezone(zone).date()):
        runs = list(grouped)
        days.append(
            {
                "day": day,
                "runs": len(runs),
                "not completed": sum(row["status"] not in {"completed", "unchanged"} for row in runs),
                "can be ordered": _last(runs, "on"),
                "can't be ordered": _last(runs, "off"),
                "products changed": _sum(runs, "changed"),
                "switched on": _sum(runs, "enabled"),
                "switched off": _sum(runs, "disabled"),
            }
        )
    return days[::-1]


def of_suppliers(rows: Sequence[Row]) -> list[Row]:
    """One row a supplier: as at first, as at last, and what changed between; the largest first."""
    suppliers = {row["supplier"] for row in rows}
    told = [[row for row in rows if row["supplier"] == supplier] for supplier in suppliers]
    return [
        {
            "supplier": shown(of_one[-1]),
            "can be ordered, at first": of_one[0]["on"],
            "can be ordered, at last": of_one[-1]["on"],
            "can't be ordered, at last": of_one[-1]["off"],
            "products changed": _sum(of_one, "changed"),
        }
        for of_one in sorted(told, key=lambda of_one: (-of_one[-1]["on"], of_one[-1]["supplier"]))
    ]


def of_offers(rows: Sequence[Row], zone: ZoneInfo) -> list[Row]:
    """What suppliers said anew of a product, newest first."""
    changes = []
    for _, grouped in groupby(rows, key=lambda row: row["supplier"]):
        of_one = list(grouped)
        changes += [(None, of_one[0]), *((old, new) for old, new in pairwise(of_one) if _said(old) != _said(new))]
    changes.sort(key=lambda change: change[1]["at"], reverse=True)
    return [
        {
            "since": local(new["at"], zone),
            "supplier": shown(new),
            "stock": _stock(new),
            "stock before": _stock(old) if old else "",
            "days": new["delivery_days"],
            "days before": old["delivery_days"] if old else "",
        }
        for old, new in changes
    ]


def of_switches(rows: Sequence[Row], zone: ZoneInfo) -> list[Row]:
    """When a product was switched in the shop, newest first."""
    words = {True: "can be ordered", False: "can't be ordered", None: "as the shop's own setting says"}
    return [
        {
            "at": local(row["at"], zone),
            "since then": words[row["is_on"]],
            "because": row["reason_code"].replace("_", " "),
            "change set": row["change_set_id"],
        }
        for row in reversed(rows)
    ]


def local(at: datetime, zone: ZoneInfo) -> str:
    """A time as the shop's clock shows it; CET and CEST tell apart the hour that comes twice in October."""
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M %Z}"


def shown(row: Row) -> str:
    """A supplier's name, its number where it has none yet."""
    return row["supplier_name"] or f"supplier {row['supplier']}"


def _said(row: Row) -> tuple[object, ...]:
    return tuple(row[name] for name in ("is_listed", "stock_quantity", "is_available", "delivery_days"))


def _stock(row: Row) -> object:
    if not row["is_listed"]:
        return "not in the file"
    if row["is_available"] is False:
        return "not available" if row["stock_quantity"] is None else f"{row['stock_quantity']}, but not available"
    if row["stock_quantity"] is not None:
        return row["stock_quantity"]
    return "available" if row["is_available"] else "not clear"


def _last(rows: Sequence[Row], name: str) -> int | None:
    return next((row[name] for row in reversed(rows) if row[name] is not None), None)


def _sum(rows: Sequence[Row], name: str) -> int | None:
    known = [row[name] for row in rows if row[name] is not None]
    return sum(known) if known else None
