"""Stock in several columns, each with delivery days of its own: one offer with the sum, its days, and each of them."""

from __future__ import annotations

from typing import Any

import pytest

from blocks import SupplierFeed
from tasks.errors import Refused
from tasks.feeds.presets import completed
from tasks.feeds.snapshots import settings_hash
from tests.feeds.conftest import Read, Reading, csv_feed, xml_feed

WAREHOUSES: list[dict[str, Any]] = [
    {"column": "Local", "delivery_days": 1},
    {"column": "Central", "delivery_days": 5},
]
Pieces = tuple[int | None, int]


def reading(read: Read, *records: str, **settings: Any) -> Reading:
    """Records as `sku;local;central`."""
    feed = csv_feed(mapping=settings.pop("mapping", {"sku": "sku"}), warehouses=WAREHOUSES, **settings)
    return read("\n".join(["sku;Local;Central", *records, ""]), feed)


def stock_of(offer: dict[str, Any]) -> tuple[Any, ...]:
    warehouses = [(one["stock_quantity"], one["delivery_days"]) for one in offer["warehouses"]]
    return offer["stock_quantity"], offer["is_available"], offer["delivery_days"], warehouses


@pytest.mark.parametrize(
    ("local", "central", "stock"),
    [
        ("5", "40", (45, None, 1, [(5, 1), (40, 5)])),
        ("0", "40", (40, None, 5, [(0, 1), (40, 5)])),
        ("", "40", (40, None, 5, [(40, 5)])),
        ("5", " - ", (5, None, 1, [(5, 1)])),
        ("0", "0", (0, None, None, [(0, 1), (0, 5)])),
        ("2 szt.", ">20", (22, None, 1, [(2, 1), (20, 5)])),
        ("<5", "1 000", (1004, None, 1, [(4, 1), (1000, 5)])),
        # a word: no means none there, yes means enough without a number
        ("brak", "7", (7, None, 5, [(0, 1), (7, 5)])),
        ("brak", "brak", (0, None, None, [(0, 1), (0, 5)])),
        ("3", "tak", (None, True, 1, [(3, 1), (None, 5)])),
        ("0", "tak", (None, True, 5, [(0, 1), (None, 5)])),
    ],
)
def test_the_sum_the_fastest_days_and_each_of_them(
    read: Read, local: str, central: str, stock: tuple[Any, ...]
) -> None:
    assert stock_of(reading(read, f"A;{local};{central}").offers[0]) == stock


@pytest.mark.parametrize(
    ("local", "central", "value", "reason"),
    [
        ("?", "5", "Local: ?", "unknown_stock"),
        ("5", "-3", "Central: -3", "negative_stock"),
        ("x", "y", "Local: x", "unknown_stock"),
        ("", "", None, "no_stock"),
    ],
)
def test_what_is_not_understood_costs_the_row_and_names_its_column(
    read: Read, local: str, central: str, value: str | None, reason: str
) -> None:
    made = reading(read, f"A;{local};{central}")
    assert made.offers == []
    assert [(row["key"], row["field"], row["value"], row["reason_code"]) for row in made.rejects] == [
        ("A", "stock_quantity", value, reason)
    ]


def test_words_of_this_supplier_hold_in_every_warehouse(read: Read) -> None:
    meanings = [
        {"field": "stock_quantity", "text": ">20", "means": "50"},
        {"field": "stock_quantity", "text": "-1", "means": "tak"},
        {"field": "stock_quantity", "text": "?", "means": ""},
    ]
    made = reading(read, "A;>20;1", "B;1;>20", "C;-1;?", meanings=meanings)
    assert [offer["stock_quantity"] for offer in made.offers] == [51, 51, None]


def test_each_column_has_a_decimal_sign_of_its_own(read: Read) -> None:
    made = reading(read, "A;1,5;2.50", "B;12,0;6.00")
    assert [offer["stock_quantity"] for offer in made.offers] == [3, 18]


def test_a_column_that_mixes_decimal_signs_is_named(read: Read) -> None:
    with pytest.raises(Refused, match="the column of Central, got both"):
        reading(read, "A;1;2,5", "B;1;2.5")


def test_a_warehouse_s_column_that_is_gone_refuses_the_file(read: Read) -> None:
    with pytest.raises(Refused, match="`Central`"):
        read("sku;Local\nA;5\n", csv_feed(mapping={"sku": "sku"}, warehouses=WAREHOUSES))


def test_a_warehouse_that_may_be_missing(read: Read) -> None:
    feed = csv_feed(mapping={"sku": "sku"}, warehouses=[WAREHOUSES[0], {"column": "Central?", "delivery_days": 5}])
    assert stock_of(read("sku;Local\nA;5\n", feed).offers[0]) == (5, None, 1, [(5, 1)])


def test_a_yes_no_column_beside_them(read: Read) -> None:
    feed = csv_feed(mapping={"sku": "sku", "is_available": "there"}, warehouses=WAREHOUSES)
    made = read("sku;Local;Central;there\nA;5;1;nie\nB;;;tak\n", feed)
    assert [(offer["stock_quantity"], offer["is_available"]) for offer in made.offers] == [(6, False), (None, True)]


def test_usual_days_only_where_no_warehouse_has_any(read: Read) -> None:
    made = reading(read, "A;5;1", "B;0;0", default_delivery_days=9)
    assert [offer["delivery_days"] for offer in made.offers] == [1, 9]


def test_a_feed_without_warehouses_has_none(read: Read) -> None:
    assert read("sku;ean;stock;price;days\nA;;5;;\n").offers[0]["warehouses"] is None


def test_records_of_one_item_add_up_warehouse_by_warehouse(read: Read) -> None:
    made = reading(read, "A;0;2", "A;3;7", duplicates="sum")
    assert stock_of(made.offers[0]) == (12, None, 1, [(3, 1), (9, 5)])


def test_a_warehouse_that_is_available_without_a_number_stays_so_when_added_up(read: Read) -> None:
    made = reading(read, "A;0;tak", "A;3;7", duplicates="sum")
    assert stock_of(made.offers[0]) == (None, True, 1, [(3, 1), (None, 5)])


def test_the_largest_record_is_taken_whole(read: Read) -> None:
    made = reading(read, "A;0;20", "A;3;7", duplicates="max")
    assert stock_of(made.offers[0]) == (20, None, 5, [(0, 1), (20, 5)])


@pytest.mark.parametrize("number", ["'1'", "1"])
def test_warehouses_of_an_iof_file(read: Read, number: str) -> None:
    text = """<offer><products><product id="1"><sizes><size code="1-S">
      <stock id="1" quantity="4"/><stock id="2" quantity="-1"/></size></sizes></product></products></offer>"""
    warehouses = [
        {"column": f"sizes/size/stock[@id={number}]/@quantity", "delivery_days": 1},
        {"column": "sizes/size/stock[@id='2']/@quantity", "delivery_days": 3},
    ]
    feed = SupplierFeed(integration_id=6, source="x", preset="iof", warehouses=warehouses)
    assert stock_of(read(text, feed).offers[0]) == (None, True, 1, [(4, 1), (None, 3)])


def test_a_warehouse_given_twice_with_other_numbers_is_rejected_by_its_name(read: Read) -> None:
    warehouses = [{"column": "stock/@quantity", "delivery_days": 1}]
    text = '<items><item><sku>A</sku><stock quantity="3"/><stock quantity="4"/></item></items>'
    made = read(text, xml_feed(record_path="items/item", mapping={"sku": "sku"}, warehouses=warehouses))
    assert [(row["value"], row["reason_code"]) for row in made.rejects] == [
        ("stock/@quantity: 3 | 4", "several_values")
    ]


def test_a_stock_split_by_lead_time_in_json(read: Read) -> None:
    warehouses = [{"column": "quantity_24h", "delivery_days": 1}, {"column": "quantity_37days", "delivery_days": 7}]
    feed = csv_feed(format="json", mapping={"sku": "sku"}, warehouses=warehouses)
    made = read('[{"sku": "A", "quantity_24h": 2, "quantity_37days": 30}]', feed)
    assert stock_of(made.offers[0]) == (32, None, 1, [(2, 1), (30, 7)])


def test_a_preset_s_stock_makes_room_for_the_block_s_warehouses() -> None:
    feed = SupplierFeed(integration_id=6, source="x", preset="distributor", warehouses=WAREHOUSES)
    assert (completed(feed).mapping.stock_quantity, len(completed(feed).warehouses)) == (None, 2)
    assert completed(feed).mapping.sku is not None


def test_other_days_have_the_file_read_again() -> None:
    slower = [{**one, "delivery_days": 9} for one in WAREHOUSES]
    one, other = (csv_feed(mapping={"sku": "sku"}, warehouses=warehouses) for warehouses in (WAREHOUSES, slower))
    assert settings_hash(one) != settings_hash(other)
