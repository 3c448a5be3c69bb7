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
    """The moments, oldest first, and whether it was on before the first (None: as the shop's own setting says).

    `left_out`: change sets of that time that are there no more, or can't be read.
    """

    rows: list[Row]
    was_on: bool | None
    left_out: int


class _Held(NamedTuple):
    """What a change set found in the shop and left there."""

    change_set: Row
    before: bool | None
    after: bool | None
    reason: str


def switches(state: StateDatabase, shop: int, product_id: int, item: str | None, since: datetime) -> Switched:
    """Return when a product (`item`: the shop's id, `12` or `12-34`) was switched since a time.

    A change set whose run broke off says only what was planned; the next one that meets the row tells what the shop
    held.
    """
    with state.session(read_only=True) as session:
        sets = session.execute("change_sets_since", {"integration_id": shop, "since": since})
    held, left_out = _held(sets, shop, product_id)
    first = held[0].before if held else _written(state, shop, item)
    rows, known = [], first
    for one in held:
        was = known if one.before == one.after else one.before
        if was != one.after:
            rows.append(_moment(one, shop, was))
        known = one.after
    return Switched(rows, first, left_out)


def _held(sets: list[Row], shop: int, product_id: int) -> tuple[list[_Held], int]:
    """Return what the change sets did to a product, and how many of them could not be looked at."""
    files = {row["id"]: entry("changes", shop, row["id"], "changes.parquet", "outcomes.parquet") for row in sets}
    there = [path for path in files.values() if path]
    asked = ask("history/switched.sql", there, {"product_id": product_id})
    changes = {path: rows for path, rows in asked.rows.items() if rows}
    outcomes, unreadable = _outcomes(changes)
    found = []
    for row in sets:
        path = files[row["id"]]
        told = outcomes.get(path, {}) if path else {}
        if path and (rows := [one for one in changes.get(path, []) if told.get(one["field"]) in HELD]):
            found.append(_Held(row, _is_on(rows, "before"), _is_on(rows, "after"), rows[0]["reason_code"]))
    return found, len(files) - len(there) + asked.left_out + unreadable


def _outcomes(changes: Mapping[Path, list[Row]]) -> tuple[dict[Path, dict[str, str]], int]:
    """Return what came of the changes, by change set and field, and how many files of it could not be read."""
    of_item: dict[tuple[int, int], list[Path]] = {}
    for path, rows in changes.items():
        outcomes = path.with_name("outcomes.parquet")
        if outcomes.exists():
            of_item.setdefault((rows[0]["id_product"], rows[0]["id_product_attribute"]), []).append(outcomes)
    found: dict[Path, dict[str, str]] = {}
    unreadable = 0
    for (product, combination), paths in of_item.items():
        asked = ask("history/outcomes.sql", paths, {"id_product": product, "id_product_attribute": combination})
        unreadable += asked.left_out
        for path, told in asked.rows.items():
            found[path.with_name("changes.parquet")] = {row["field"]: row["outcome"] for row in told}
    return found, unreadable


def _written(state: StateDatabase, shop: int, item: str | None) -> bool | None:
    """What we wrote last: whether the product is on where nothing changed in all that time."""
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


def _moment(held: _Held, shop: int, was: bool | None) -> Row:
    return {
        "at": held.change_set["begun_at"],
        "shop": shop,
        "was_on": was,
        "is_on": held.after,
        "reason_code": held.reason,
        "change_set_id": held.change_set["id"],
        "run_id": held.change_set["run_id"],
    }
