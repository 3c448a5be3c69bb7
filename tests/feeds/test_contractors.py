"""Whose goods they are, where one feed has those of several contractors."""

from __future__ import annotations

import pytest

from blocks import SupplierFeed
from tests.feeds.conftest import Read, csv_feed, xml_feed

MAPPING = {"sku": "sku", "stock_quantity": "stock", "contractor": "whose"}


def feed(*codes: tuple[str, int]) -> SupplierFeed:
    contractors = [{"text": text, "contractor_id": number} for text, number in codes]
    return csv_feed(mapping=MAPPING, contractor_id=9, contractors=contractors)


@pytest.mark.parametrize(
    ("text", "codes", "number"),
    [
        ("Acme", [("acme", 5), ("Bolt", 6)], 5),
        (" BOLT  sp. z o.o. ", [("bolt sp. z o.o.", 6)], 6),
        ("7", [("7", 70)], 70),
        ("else", [("acme", 5), ("*", 8)], 8),
        ("acme", [("*", 8), ("acme", 5)], 5),
        ("7", [], 7),
        ("007", [], 7),
        ("", [("*", 8)], None),
        (" - ", [], None),
    ],
)
def test_whose_a_record_is(read: Read, text: str, codes: list[tuple[str, int]], number: int | None) -> None:
    made = read(f"sku;stock;whose\nA;5;{text}\n", feed(*codes))
    assert ([offer["contractor_id"] for offer in made.offers], made.rejects) == ([number], [])


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("else", [("acme", 5)]),
        ("7", [("acme", 5)]),
        ("else", []),
        ("0", []),
        ("-7", []),
        ("7.0", []),
        ("9" * 40, []),
    ],
)
def test_an_unknown_one_costs_only_the_field(read: Read, text: str, codes: list[tuple[str, int]]) -> None:
    made = read(f"sku;stock;whose\nA;5;{text}\n", feed(*codes))
    assert [offer["contractor_id"] for offer in made.offers] == [None]
    assert [(row["key"], row["field"], row["value"], row["reason_code"], row["scope"]) for row in made.rejects] == [
        ("A", "contractor", text, "unknown_contractor", "field")
    ]


def test_two_at_once_are_none(read: Read) -> None:
    mapping = {"sku": "sku", "stock_quantity": "stock", "contractor": "by"}
    text = "<items><item><sku>A</sku><stock>3</stock><by>5</by><by>6</by></item></items>"
    made = read(text, xml_feed(record_path="items/item", mapping=mapping))
    assert [offer["contractor_id"] for offer in made.offers] == [None]
    assert [(row["field"], row["reason_code"], row["scope"]) for row in made.rejects] == [
        ("contractor", "several_values", "field")
    ]


def test_a_feed_of_one_contractor_says_nothing(read: Read) -> None:
    assert read("sku;ean;stock;price;days\nA;;5;;\n").offers[0]["contractor_id"] is None
