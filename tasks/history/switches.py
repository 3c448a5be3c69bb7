"""When one product was switched on or off in a shop, from the change sets that were written to it.

On: it can be ordered although the shop's own stock is used up, by its flag or by a supplier's stock written as its
quantity.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from tasks.history.archived import ask, entry
from tasks.state import StateDatabase

Row = dict[str, Any]
HELD = {"written", "already"}  # the shop held `after` then


class Switched(NamedTuple):
    """The moments, oldest first; `is_on` now and `was_on` before the first (None: as the shop's own setting says).

    `left_out`: change sets of that time that are there no more, or can't be read.
    """

    rows: list[Row]
    was_on: bool | None
    is_on: bool | None
    left_out: int


def switches(state: StateDatabase, shop: int, product_id: int, item: str | None, since: datetime) -> Switched:
    """Return when a product (`item`: the shop's id, `12` or `12-34`) was switched since a time.

    A change set whose run broke off says only what was planned; the next one that meets the row tells what the shop
    held.
    """
    with state.session(read_only=True) as session:
        sets = session.execute("change_sets_since", {"integration_id": shop, "since": since})
    files = {row["id"]: entry("changes", shop, row["id"], "changes.parquet") for row in sets}
    there = [path for path in files.values() if path]
    asked = ask("history/switched.sql", there, {"product_id": product_id})
    changes = {path: rows for path, rows in asked.rows.items() if rows}
    outcomes = _outcomes(changes)
    is_on = _now(state, shop, item)
    rows: list[Row] = []
    first, known = None, None
    for row in sets:
        path = files[row["id"]]
        if path is None or path not in changes:
            continue
        held = [c for c in changes[path] if outcomes.get(path, {}).get(c["field"]) in HELD]
        if not held:
            continue
        before, after = _is_on(held, "before"), _is_on(held, "after")
        was = known if known is not None and before == after else before
        if first is None:
            first = (before,)
        if was != after:
            rows.append(_moment(row, shop, was, after, held[0]["reason_code"]))
        known = after
    left_out = len(files) - len(there) + asked.left_out
    return Switched(rows, first[0] if first else is_on, is_on, left_out)


def _outcomes(changes: Mapping[Path, list[Row]]) -> dict[Path, dict[str, str]]:
    """What came of the changes, by change set and field."""
    found: dict[Path, dict[str, str]] = {}
    of_item: dict[tuple[int, int], list[Path]] = {}
    for path, rows in changes.items():
        outcomes = path.with_name("outcomes.parquet")
        if outcomes.exists():
            of_item.setdefault((rows[0]["id_product"], rows[0]["id_product_attribute"]), []).append(outcomes)
    for (product, combination), paths in of_item.items():
        values = {"id_product": product, "id_product_attribute": combination}
        for path, rows in ask("history/outcomes.sql", paths, values).rows.items():
            found[path.with_name("changes.parquet")] = {row["field"]: row["outcome"] for row in rows}
    return found


def _now(state: StateDatabase, shop: int, item: str | None) -> bool | None:
    product, _, combination = (item or "").partition("-")
    if not product.isdecimal():
        return None
    with state.session(read_only=True) as session:
        values = {"integration_id": shop, "id_product": int(product), "id_product_attribute": int(combination or 0)}
        return _is_on(session.execute("written_of_item", values), "value")


def _is_on(rows: list[Row], column: str) -> bool | None:
    """Whether it can be ordered by these values of its flag and quantity; None where they leave it to the shop."""
    said = {row["field"]: row[column] for row in rows}
    if int(said.get("quantity") or 0) > 0 or said.get("out_of_stock") == "1":
        return True
    return False if "quantity" in said or said.get("out_of_stock") == "0" else None


def _moment(change_set: Row, shop: int, was: bool | None, after: bool | None, reason: str) -> Row:
    return {
        "at": change_set["begun_at"],
        "shop": shop,
        "was_on": was,
        "is_on": after,
        "reason_code": reason,
        "change_set_id": change_set["id"],
        "run_id": change_set["run_id"],
    }
