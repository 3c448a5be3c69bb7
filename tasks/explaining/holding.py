"""What the shop holds of the product, beside what we wrote, what it held before us, and what is wanted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tasks.explaining.model import Item, ShopHolds, Value
from tasks.explaining.records import Known, rows
from tasks.prestashop import ProductLook

FLAG = "out_of_stock"
SHOWN_ANYWAY = (FLAG, "available_later")
SWITCHES = ("active", "available_for_order", "visibility", "minimal_quantity", "quantity", "available_date")
Key = tuple[int, int, str]


def shop_holds(
    item: Item,
    known: Known,
    look: ProductLook | None,
    problem: str | None,
    wanted: Sequence[dict[str, Any]],
    now: datetime,
) -> ShopHolds:
    """Put the three beside each other, value by value; `problem`: why there is no look at the shop."""
    holds = ShopHolds(problem=problem, values=_values(known, look, wanted, now))
    if look is None:
        return holds
    holds.catalogue_mode = look.info.catalogue_mode
    holds.stock_management = look.info.stock_management
    holds.flag_default = look.info.orders_out_of_stock
    places = {row["id_product_attribute"]: row for row in rows(look.catalogue)}
    if row := places.get(item.attribute):
        holds.exists = True
        for name in SWITCHES:
            setattr(holds, name, row[name])
    return holds


def _values(known: Known, look: ProductLook | None, wanted: Sequence[dict[str, Any]], now: datetime) -> list[Value]:
    languages = {language.id_lang: language.iso_code for language in look.info.languages} if look else {}
    found: dict[Key, Value] = {}

    def value(row: dict[str, Any]) -> Value:
        key = (row["id_product_attribute"], row["id_lang"] or 0, row["field"])
        language = languages.get(key[1], str(key[1])) if key[1] else None
        return found.setdefault(key, Value(attribute=key[0], language=language, field=key[2]))

    for row in rows(look.rows) if look else ():
        one = value(row)
        one.holds, one.is_read = row["value"], True
    for row in known.written:
        one = value(row)
        one.written, one.is_written, one.original = row["value"], True, row["original"]
        one.written_at, one.run_id = row["written_at"], row["run_id"]
    for row in wanted:
        one = value(row)
        one.wanted, one.is_wanted = row["value"], True
    for row in known.edits:
        one = value(row)
        stands = row["was"] == "contested" or not one.is_read or row["found"] == one.holds
        if stands and (row["kept_until"] is None or row["kept_until"] > now):
            one.left, one.left_at, one.left_until = row["was"], row["found_at"], row["kept_until"]
    return [
        one
        for key, one in sorted(found.items())
        if one.is_written or one.is_wanted or (key[0] == 0 and key[2] in SHOWN_ANYWAY)
    ]
