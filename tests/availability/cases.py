"""Cases as docs/availability.md writes them: what suppliers offer and what the shop holds, as YAML in a cell."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from blocks import AvailabilityPolicy, PrestashopDatabase
from tasks.availability import plan
from tasks.availability.judging import ShopView
from tasks.availability.texts import Language
from tests import parquet

SHOP, PRODUCT, ITEM = 7, 1, 10
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
NAMES = {
    "stock": "stock_quantity",
    "days": "delivery_days",
    "available": "is_available",
    "price": "purchase_price",
    "pack": "pack_size",
    "from": "available_from",
    "text": "available_later",
    "currency": "currency",
}
VIEW = ShopView(
    languages=[Language(1, "pl", "pl-PL")], combination_labels=True, only_bmp=False, now=NOW, currency="PLN"
)
Rows = list[dict[str, Any]]
Key = tuple[int, int, int | None, str]


def read_cell(text: str) -> dict[Any, Any]:
    """A cell between its backticks."""
    inside = text.strip().strip("`")
    return dict(yaml.safe_load(inside if inside.startswith("{") else "{" + inside + "}") or {})


def offer_of(said: dict[str, Any]) -> str:
    """An offer as a link holds it."""
    values = {"currency": "PLN", **{NAMES[name]: value for name, value in said.items() if name in NAMES}}
    return json.dumps(values, default=str)


def links_of(case: dict[Any, Any], product: int, item: str) -> Rows:
    """The shop's link and those of the suppliers (the integers among the case's keys)."""
    rows: Rows = [{"integration_id": SHOP, "product_id": product, "external_product_id": item}]
    rows += [
        {"integration_id": key, "product_id": product, "supplier_availability": offer_of(said)}
        for key, said in case.items()
        if isinstance(key, int)
    ]
    return rows


def _pins(case: dict[Any, Any]) -> Rows:
    until = case.get("until")
    more = {"until": datetime.combine(until, datetime.min.time()) if isinstance(until, date) else None}
    said = case.get("pin")
    kind = ("off", "on")[said] if isinstance(said, bool) else said  # YAML reads on and off as truth
    pins: Rows = [{"product_id": PRODUCT, "kind": kind, **more}] if kind else []
    return pins + ([{"supplier_id": case["released"], "kind": "released"}] if "released" in case else [])


def _missing(case: dict[Any, Any]) -> Rows:
    return [
        {
            "integration_id": key,
            "product_id": PRODUCT,
            "first_missing_at": NOW.replace(tzinfo=None) - timedelta(hours=said["missing_hours"]),
        }
        for key, said in case.items()
        if isinstance(key, int) and "missing_hours" in said
    ]


def inputs_of(case: dict[Any, Any], written: Rows, folder: Path) -> dict[str, Path]:
    """The files that a decision about the case's one product reads."""
    item = {"id_product": ITEM, "id_product_attribute": 0, "reference": f"REF-{ITEM}", "ean13": "5901234123457"}
    plain = {"is_virtual": False, "is_pack": False, "depends_on_stock": False, "has_stock_row": True}
    health = [{"integration_id": key, "confirmed_at": NOW.replace(tzinfo=None)} for key in case if isinstance(key, int)]
    tables: dict[str, tuple[str, Rows]] = {
        "links": (parquet.LINKS, links_of(case, PRODUCT, str(ITEM))),
        "catalogue": (parquet.CATALOGUE, [{**item, **plain, **case.get("shop", {})}]),
        "written": (parquet.WRITTEN, written),
        "pins": (parquet.PINS, _pins(case)),
        "absences": (parquet.ABSENCES, _missing(case)),
        "feed_health": ("integration_id BIGINT, confirmed_at TIMESTAMP", health),
    }
    return {name: parquet.write(folder / f"{name}.parquet", *table) for name, table in tables.items()}


def shop_with(policy: dict[str, Any], **more: Any) -> PrestashopDatabase:
    """A shop with a policy and no connection: a decision reads files only."""
    settings: dict[str, Any] = {"integration_id": SHOP, "policy": AvailabilityPolicy.model_validate(policy), **more}
    return PrestashopDatabase.model_construct(**settings)


def decide(
    policy: dict[str, Any], case: dict[Any, Any], written: Rows, folder: Path, view: ShopView = VIEW
) -> dict[Key, tuple[str | None, str]]:
    """(product, combination, language or None, field) -> value and reason code."""
    wanted = plan.decide(shop_with(policy), view, inputs_of(case, written, folder), folder)
    return keyed(parquet.read(wanted.wanted))


def keyed(rows: Rows) -> dict[Key, tuple[str | None, str]]:
    """Wanted rows by their key."""
    return {
        (row["id_product"], row["id_product_attribute"], row["id_lang"], row["field"]): (
            row["value"],
            row["reason_code"],
        )
        for row in rows
    }


def as_written(wanted: dict[Key, tuple[str | None, str]], before: Rows = ()) -> Rows:  # type: ignore[assignment]
    """Wanted rows as our record holds them after they were written; originals are kept."""
    originals = {(row["id_product"], row["id_product_attribute"], row["id_lang"], row["field"]): row for row in before}
    rows = dict(originals)
    for (product, attribute, lang, field), (value, _) in wanted.items():
        key = (product, attribute, lang or 0, field)
        rows[key] = {
            "id_product": product,
            "id_product_attribute": attribute,
            "id_lang": lang or 0,
            "field": field,
            "value": value,
            "original": originals[key]["original"] if key in originals else ("2" if field == "out_of_stock" else None),
        }
    return list(rows.values())
