"""Links that a change of the catalogue or of the feed has put in doubt: told by kind, never moved."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.linking.reused import Codes, is_reused
from tests import parquet
from tests.linking.test_match import EAN_A, EAN_B, Rows, match
from tests.linking.test_properties import OFFERS, PRODUCTS, links_of, named, numbered, outcome, quick


def held(product_id: int, key: str, **more: Any) -> dict[str, Any]:
    link = {"product_id": product_id, "external_product_id": key, "is_manual": False, "supplier_availability": "{}"}
    return {**link, **more}


def stale(folder: Path, offers: Rows, products: Rows, links: Rows) -> dict[int, str]:
    """Product -> why its link is in doubt."""
    match(folder, offers, products, links)
    return {row["product_id"]: row["kind"] for row in parquet.read(folder / "stale_links.parquet")}


@pytest.mark.parametrize("by_hand", [True, False])
def test_a_code_that_stands_for_another_item(tmp_path: Path, by_hand: bool) -> None:
    links = [held(1, "x", sku="A", ean=EAN_A, is_manual=by_hand)]
    offers = [{"supplier_sku": "x", "sku": "NEW", "ean": EAN_B}]
    assert stale(tmp_path, offers, [{"id": 1, "sku": "A"}], links) == {1: "code_reused"}


@pytest.mark.parametrize("offer", [{"sku": "A", "ean": EAN_B}, {"sku": "NEW", "ean": EAN_A}, {"sku": "a "}])
def test_one_code_that_stays_is_the_same_item(tmp_path: Path, offer: dict[str, str]) -> None:
    links = [held(1, "x", sku="A", ean=EAN_A, is_manual=True)]
    assert stale(tmp_path, [{"supplier_sku": "x", **offer}], [{"id": 1}], links) == {}


def test_an_ean_that_moved_to_another_product(tmp_path: Path) -> None:
    links = [held(1, "x", ean=EAN_A)]
    products = [{"id": 1, "ean": EAN_B}, {"id": 2, "ean": EAN_A}]
    assert stale(tmp_path, [{"supplier_sku": "x", "ean": EAN_A}], products, links) == {1: "ean_moved"}


def test_what_moved_is_linked_to_nobody_new(tmp_path: Path) -> None:
    links = [held(1, "x", ean=EAN_A)]
    products = [{"id": 1, "ean": EAN_B}, {"id": 2, "ean": EAN_A}]
    assert match(tmp_path, [{"supplier_sku": "x", "ean": EAN_A}], products, links) == {1: "linked_elsewhere"}


@pytest.mark.parametrize("offers", [[{"sku": "A"}], [{"sku": "other"}]])
def test_a_product_that_is_gone(tmp_path: Path, offers: Rows) -> None:
    assert stale(tmp_path, offers, [{"id": 2}], [held(1, "A", sku="A")]) == {1: "product_deleted"}


def test_codes_that_are_not_clear_any_more(tmp_path: Path) -> None:
    products = [{"id": 1, "sku": "A"}, {"id": 2, "ean": EAN_A}]
    links = [held(1, "A", sku="A")]
    assert stale(tmp_path, [{"sku": "A", "ean": EAN_A}], products, links) == {1: "several_candidates"}


def test_a_link_that_nothing_contradicts_is_in_no_doubt(tmp_path: Path) -> None:
    products = [{"id": 1, "sku": "A"}, {"id": 2, "sku": "A"}]
    assert stale(tmp_path, [{"sku": "A"}], products, [held(1, "A", sku="A")]) == {}


@quick
@given(st.tuples(OFFERS, PRODUCTS), st.tuples(OFFERS, PRODUCTS))
def test_no_rule_moves_a_link_while_its_item_and_product_are_there(
    before: tuple[Rows, Rows], after: tuple[Rows, Rows]
) -> None:
    links = links_of(outcome(named(before[0]), numbered(before[1]), []))
    found = outcome(named(after[0]), numbered(after[1]), links)
    linked = {code: result[0] for code, result in found.items() if isinstance(result, tuple)}
    for link in links:
        code, product = link["external_product_id"], link["product_id"]
        if code in found and product <= len(after[1]):
            assert linked.get(code, product) == product
            assert product not in {other for key, other in linked.items() if key != code}


@pytest.mark.parametrize(
    ("known", "now", "reused"),
    [
        (Codes("A", EAN_A), Codes("NEW", EAN_B), True),
        (Codes("0001", None), Codes("1", None), True),  # leading zeros tell two SKUs apart
        (Codes("A", EAN_A), Codes("a ", EAN_B), False),
        (Codes("A", EAN_A), Codes("NEW", "0" + EAN_A), False),
        (Codes("A", None), Codes(None, EAN_B), False),
        (Codes(None, None), Codes("A", EAN_A), False),
    ],
)
def test_one_link_is_doubted_by_the_same_rule(known: Codes, now: Codes, reused: bool) -> None:
    assert is_reused(known, now) is reused
