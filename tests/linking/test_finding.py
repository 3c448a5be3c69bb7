"""Which product a person means, and that nobody chooses between two."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tasks.errors import Refused
from tasks.linking import find_product, find_products
from tasks.state import StateDatabase
from tests import parquet

EAN = "5900000000008"
UPC = "036000291452"
LINKS = "integration_id BIGINT, product_id BIGINT, external_product_id VARCHAR"


@pytest.fixture
def known(state: StateDatabase, tmp_path: Path) -> StateDatabase:
    """Products, and the items that shops 7 and 8 sell them as."""
    products: list[dict[str, Any]] = [
        {"id": 1, "sku": "Abc-1", "ean": EAN, "name": "Kubek"},
        {"id": 2, "sku": "12", "name": "Talerz"},
        {"id": 3, "sku": "twin"},
        {"id": 4, "sku": "TWIN"},
        {"id": 5, "sku": "żółw  12", "ean": UPC},
        {"id": 6, "ean": "08"},
        {"id": 7, "sku": EAN},
        {"id": 8, "sku": "50%"},
        {"id": 9, "sku": "50x"},
    ]
    items = [(7, 1, "12"), (7, 2, "13"), (7, 5, "12-34"), (8, 3, "12")]
    links = [dict(zip(("integration_id", "product_id", "external_product_id"), item, strict=True)) for item in items]
    with state.session() as session:
        session.insert("products", parquet.write(tmp_path / "products.parquet", parquet.PRODUCTS, products))
        session.insert("integration_product_links", parquet.write(tmp_path / "links.parquet", LINKS, links))
    return state


@pytest.mark.parametrize(
    ("text", "shop", "expected"),
    [
        ("Abc-1", None, [1]),
        (" abc-1 ", None, [1]),  # spelled differently
        ("sku:ABC-1", None, [1]),
        ("ean:ABC-1", None, []),
        ("#3", None, [3]),
        ("id:3", None, [3]),
        ("3", None, []),  # our numbers are never meant by a bare one
        ("twin", None, [3]),  # as it stands before another spelling
        ("Twin", None, [3, 4]),
        ("ŻÓŁW 12", None, [5]),
        ("0" + UPC, None, [5]),
        (EAN, None, [1, 7]),
        ("ean:" + EAN, None, [1]),
        ("12", None, [2]),
        ("12", 7, [1, 2]),
        ("12", 8, [2, 3]),
        ("shop:12", 7, [1]),
        ("12-34", 7, [5]),
        ("sku:12", 7, [2]),
        ("50_", None, []),  # no wildcard of a database
        ("50%", None, [8]),
        ("5%", None, []),
        ("", None, []),
        ("08", None, [6]),
        ("'; --", None, []),
    ],
)
def test_what_a_text_fits(known: StateDatabase, text: str, shop: int | None, expected: list[int]) -> None:
    assert [found.product_id for found in find_products(known, text, shop)] == expected


def test_why_it_fits_is_said(known: StateDatabase) -> None:
    found = find_products(known, "12", 7)
    assert [(one.product_id, one.item, one.why) for one in found] == [
        (1, "12", ["its id in the shop"]),
        (2, "13", ["its SKU"]),
    ]
    assert find_products(known, "abc-1")[0].why == ["its SKU, spelled differently"]


def test_two_candidates_are_refused_with_their_numbers(known: StateDatabase) -> None:
    with pytest.raises(Refused, match=r"fits 2: #1 Kubek \(SKU Abc-1.*its id in the shop; #2 Talerz.*ambiguous"):
        find_product(known, "12", 7)


def test_none_is_refused_with_what_was_looked_for(known: StateDatabase) -> None:
    with pytest.raises(Refused, match=r"got `99`, which is none's SKU, EAN, id in shop 7\..*import-catalog"):
        find_product(known, "99", 7)


def test_a_shops_id_needs_the_shop(known: StateDatabase) -> None:
    with pytest.raises(Refused, match="expected a shop beside `shop:12`"):
        find_product(known, "shop:12")
