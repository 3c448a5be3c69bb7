"""Stock in several warehouses, and the contractor of each row."""

from __future__ import annotations

import pytest

from tests.feeds.conftest import Read, csv_feed

WAREHOUSES = [{"column": "shelf", "delivery_days": 1}, {"column": "central", "delivery_days": 5}]


@pytest.mark.parametrize(
    ("shelf", "central", "stock", "days", "pieces"),
    [
        ("5", "30", 35, 1, [5, 30]),
        ("0", "30", 30, 5, [0, 30]),
        ("brak", ">20", 20, 5, [0, 20]),
        ("", "7", 7, 5, [7]),
        ("0", "0", 0, None, [0, 0]),
    ],
)
def test_warehouses(read: Read, shelf: str, central: str, stock: int, days: int | None, pieces: list[int]) -> None:
    reading = read(f"sku;shelf;central\nA;{shelf};{central}\n", csv_feed(mapping={"sku": "sku"}, warehouses=WAREHOUSES))
    (offer,) = reading.offers
    assert (offer["stock_quantity"], offer["delivery_days"]) == (stock, days)
    assert [warehouse["stock_quantity"] for warehouse in offer["warehouses"]] == pieces


@pytest.mark.parametrize(
    ("shelf", "central", "reason", "value"),
    [
        ("5", "many", "unknown_stock", "central: many"),
        ("tak", "5", "no_number", "shelf: tak"),
        ("-3", "", "negative_stock", "shelf: -3"),
        ("", "", "no_stock", None),
    ],
)
def test_a_warehouse_that_says_nothing_clear_costs_the_row(
    read: Read, shelf: str, central: str, reason: str, value: str | None
) -> None:
    reading = read(f"sku;shelf;central\nA;{shelf};{central}\n", csv_feed(mapping={"sku": "sku"}, warehouses=WAREHOUSES))
    assert [(row["reason_code"], row["value"]) for row in reading.rejects] == [(reason, value)]


def test_a_meaning_holds_for_every_warehouse(read: Read) -> None:
    meanings = [{"field": "stock_quantity", "text": ">20", "means": "50"}]
    reading = read(
        "sku;shelf;central\nA;>20;>20\n", csv_feed(mapping={"sku": "sku"}, warehouses=WAREHOUSES, meanings=meanings)
    )
    assert reading.offers[0]["stock_quantity"] == 100


def test_repeated_items_add_up_their_warehouses(read: Read) -> None:
    reading = read(
        "sku;shelf;central\nA;1;2\nA;10;20\n", csv_feed(mapping={"sku": "sku"}, warehouses=WAREHOUSES, duplicates="sum")
    )
    assert reading.offers[0]["warehouses"] == [
        {"delivery_days": 1, "stock_quantity": 11},
        {"delivery_days": 5, "stock_quantity": 22},
    ]


@pytest.mark.parametrize(
    ("text", "known", "contractor"),
    [("5", [], 5), ("007", [], 7), ("Acme", [("ACME ", 12)], 12), ("5", [("acme", 12)], None), ("Acme", [], None)],
)
def test_a_rows_contractor(read: Read, text: str, known: list[tuple[str, int]], contractor: int | None) -> None:
    mapping = {"sku": "sku", "stock_quantity": "stock", "contractor": "who"}
    contractors = [{"text": word, "contractor_id": number} for word, number in known]
    reading = read(f"sku;stock;who\nA;1;{text}\n", csv_feed(mapping=mapping, contractors=contractors))
    assert reading.offers[0]["contractor_id"] == contractor
    assert reading.reasons == ([] if contractor else ["unknown_contractor"])
