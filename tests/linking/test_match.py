"""Which offer is which product."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from blocks import SkuCodes
from blocks.feed import MatchBy
from tasks.linking.supplier import Keys, match_offers
from tests import parquet

EAN_A, EAN_B = "5900000000008", "5900000000015"
ACME = Keys(shop_supplier="Acme Hurt")
Rows = list[dict[str, Any]]


def coded(**codes: str) -> Keys:
    return Keys(sku_codes=SkuCodes(**codes))


def match(
    folder: Path,
    offers: Rows,
    products: Rows,
    links: Rows = (),  # type: ignore[assignment]
    keys: Keys = Keys(),  # noqa: B008  (nothing alters it)
    *,
    shop_links: Mapping[str, int] | None = None,
    supplier_references: Mapping[int, Mapping[str, str]] | None = None,
    decided: Rows | None = None,
) -> dict[int, Any]:
    """Row number -> (product, method), or the cause why there is none.

    `shop_links`: item of the shop -> product; `supplier_references`: product -> supplier of the shop -> its code.
    """
    items = [
        {"integration_id": 7, "external_product_id": item, "product_id": product_id}
        for item, product_id in (shop_links or {}).items()
    ]
    items += [
        {"integration_id": 8, "product_id": product_id, "metadata": json.dumps({"supplier_references": known})}
        for product_id, known in (supplier_references or {}).items()
    ]
    parquet.write(folder / "shop_links.parquet", parquet.LINKS, items)
    numbered = [{"row_number": place, **offer} for place, offer in enumerate(offers, 1)]
    parquet.write(folder / "products.parquet", parquet.PRODUCTS, products)
    parquet.write(folder / "links.parquet", parquet.LINKS, links)
    if decided:
        parquet.write(folder / "decided.parquet", parquet.DECIDED, decided)
    result = match_offers(parquet.write(folder / "offers.parquet", parquet.OFFERS, numbered), keys, folder)
    found = {row["row_number"]: (row["product_id"], row["method"]) for row in parquet.read(result.matched)}
    return {**{row["row_number"]: row["cause"] for row in parquet.read(result.unmatched)}, **found}


@pytest.mark.parametrize("sku", ["alf-1", "  ALF-1 ", "Alf-1"])
def test_sku_matches_whatever_its_case_and_outer_spaces(tmp_path: Path, sku: str) -> None:
    assert match(tmp_path, [{"sku": sku}], [{"id": 5, "sku": "ALF-1"}]) == {1: (5, "sku")}


def test_leading_zeros_of_a_sku_count(tmp_path: Path) -> None:
    products = [{"id": 1, "sku": "0000123"}, {"id": 2, "sku": "123"}]
    assert match(tmp_path, [{"sku": "123"}, {"sku": "0000123"}], products) == {1: (2, "sku"), 2: (1, "sku")}


def test_ean_matches_across_gtin_lengths(tmp_path: Path) -> None:
    assert match(tmp_path, [{"ean": "0" + EAN_A}], [{"id": 1, "ean": EAN_A}]) == {1: (1, "ean")}


@pytest.mark.parametrize("ean", ["5900000000009", "2000000000008", "0", ""])
def test_a_wrong_or_in_store_ean_matches_nothing(tmp_path: Path, ean: str) -> None:
    assert match(tmp_path, [{"sku": "X", "ean": ean}], [{"id": 1, "sku": "Y", "ean": ean}]) == {1: "no_product"}


def test_a_sku_that_two_products_have_is_settled_by_the_ean(tmp_path: Path) -> None:
    products = [{"id": 1, "sku": "DUP", "ean": EAN_A}, {"id": 2, "sku": "DUP", "ean": EAN_B}]
    assert match(tmp_path, [{"sku": "DUP", "ean": EAN_B}], products) == {1: (2, "sku+ean")}


def test_two_products_of_one_sku_are_ambiguous(tmp_path: Path) -> None:
    assert match(tmp_path, [{"sku": "DUP"}], [{"id": 1, "sku": "DUP"}, {"id": 2, "sku": "dup"}]) == {
        1: "several_products"
    }


def test_keys_that_name_different_products_contradict(tmp_path: Path) -> None:
    products = [{"id": 1, "sku": "A", "ean": EAN_A}, {"id": 2, "sku": "B", "ean": EAN_B}]
    assert match(tmp_path, [{"sku": "A", "ean": EAN_B}], products) == {1: "keys_disagree"}


def test_two_offers_of_one_product_are_ambiguous(tmp_path: Path) -> None:
    products = [{"id": 1, "sku": "A", "ean": EAN_A}]
    assert match(tmp_path, [{"sku": "A"}, {"supplier_sku": "z", "ean": EAN_A}], products) == {
        1: "several_offers",
        2: "several_offers",
    }


def test_agreement_of_both_keys_beats_one(tmp_path: Path) -> None:
    products = [{"id": 1, "sku": "A", "ean": EAN_A}]
    assert match(tmp_path, [{"sku": "A", "ean": EAN_A}, {"sku": "q", "ean": EAN_A}], products) == {
        1: (1, "sku+ean"),
        2: "several_offers",
    }


def test_match_by_sku_ignores_the_ean(tmp_path: Path) -> None:
    assert match(
        tmp_path, [{"sku": "x", "ean": EAN_A}], [{"id": 1, "ean": EAN_A}], keys=Keys(match_by=MatchBy.SKU)
    ) == {1: "no_product"}


def test_a_persons_link_is_final(tmp_path: Path) -> None:
    products = [{"id": 1, "sku": "A"}, {"id": 2, "sku": "B"}]
    links = [{"product_id": 2, "external_product_id": "A", "is_manual": True}]
    assert match(tmp_path, [{"sku": "A"}, {"sku": "B"}], products, links) == {
        1: (2, "manual"),
        2: "no_product",
    }


def test_a_persons_link_knows_its_item_by_the_sku_that_the_supplier_writes(tmp_path: Path) -> None:
    products = [{"id": 1, "sku": "123"}, {"id": 2, "sku": "other"}]
    links = [{"product_id": 2, "sku": "ACM-123", "is_manual": True}]
    offers = [{"supplier_sku": "k1", "sku": "acm-123"}]
    assert match(tmp_path, offers, products, links, keys=coded(remove_prefix="ACM-")) == {1: (2, "manual")}


def test_a_duplicated_product_does_not_take_the_link_of_the_first(tmp_path: Path) -> None:
    products = [{"id": 1, "sku": "A"}, {"id": 2, "sku": "A"}]
    links = [{"product_id": 1, "external_product_id": "A", "sku": "A", "is_manual": False}]
    assert match(tmp_path, [{"sku": "A"}], products, links) == {1: (1, "kept")}


def test_the_order_of_rows_decides_nothing(tmp_path: Path) -> None:
    products = [{"id": 1, "sku": "A", "ean": EAN_A}, {"id": 2, "sku": "A"}, {"id": 3, "sku": "C"}]
    offers = [{"sku": "A"}, {"sku": "C"}, {"ean": EAN_A}]
    forward = match(tmp_path, offers, products)
    backward = match(tmp_path, offers[::-1], products[::-1])
    assert forward == {4 - number: result for number, result in backward.items()}


FAMILY = [{"id": 1, "sku": "A"}, {"id": 2, "ean": EAN_A}, {"id": 3, "ean": EAN_B}]  # a product and two combinations
ITEMS = {"10": 1, "10-1": 2, "10-2": 3}


def test_a_reference_shared_with_combinations_leaves_it_to_the_ean(tmp_path: Path) -> None:
    offers = [{"supplier_sku": "a-s", "sku": "A", "ean": EAN_A}, {"supplier_sku": "a-m", "sku": "A", "ean": EAN_B}]
    assert match(tmp_path, offers, FAMILY, shop_links=ITEMS) == {1: (2, "ean"), 2: (3, "ean")}


def test_the_same_keys_of_strangers_contradict(tmp_path: Path) -> None:
    assert match(tmp_path, [{"sku": "A", "ean": EAN_A}], FAMILY) == {1: "keys_disagree"}


def test_a_reference_alone_names_the_product_not_a_combination(tmp_path: Path) -> None:
    assert match(tmp_path, [{"sku": "A"}], FAMILY, shop_links=ITEMS) == {1: (1, "sku")}


def test_an_ean_of_a_product_and_its_combination_is_the_combinations(tmp_path: Path) -> None:
    products = [{"id": 1, "sku": "A", "ean": EAN_A}, {"id": 2, "sku": "A-1", "ean": EAN_A}]
    offers = [{"sku": "x", "ean": EAN_A}]
    assert match(tmp_path, offers, products, shop_links={"10": 1, "10-1": 2}) == {1: (2, "ean")}
    assert match(tmp_path, offers, products) == {1: "several_products"}


@pytest.mark.parametrize(
    ("theirs", "ours", "codes"),
    [
        ("acm-123", "123", {"remove_prefix": "ACM-"}),
        ("123/PL", "123", {"remove_suffix": "/pl"}),
        ("123", "HURT-123", {"add_prefix": "HURT-"}),
        ("123", "123-A", {"add_suffix": "-a"}),
        ("A+B.1", "1", {"remove_prefix": "A+B."}),
    ],
)
def test_what_stands_around_a_sku_is_taken_off_or_put_on(
    tmp_path: Path, theirs: str, ours: str, codes: dict[str, str]
) -> None:
    products = [{"id": 1, "sku": ours}]
    assert match(tmp_path, [{"sku": theirs}], products, keys=coded(**codes)) == {1: (1, "sku")}
    assert match(tmp_path, [{"sku": theirs}], products) == {1: "no_product"}


@pytest.mark.parametrize("sku", ["ＡＢ－１２", "ab‑12", "AB-1²", "ąb-12"])
def test_a_sku_in_another_shape_of_the_same_characters(tmp_path: Path, sku: str) -> None:
    plain = unicodedata.normalize("NFKC", sku)
    found = match(tmp_path, [{"sku": sku}], [{"id": 1, "sku": plain}, {"id": 2, "sku": "ab-12 "}])
    assert found == {1: (1, "sku")} if plain.upper() != "AB-12" else {1: "several_products"}


def test_what_the_shop_says_a_supplier_calls_a_product_is_a_key(tmp_path: Path) -> None:
    products = [{"id": 1, "sku": "A"}, {"id": 2, "sku": "B"}]
    known = {1: {"acme  hurt": "k-1", "Other": "k-2"}, 2: {"Other": "k-9"}}
    offers = [{"supplier_sku": "K-1"}, {"supplier_sku": "k-2"}, {"supplier_sku": "k-9"}]
    nobody = {2: "no_product", 3: "no_product"}
    assert match(tmp_path, offers, products, keys=ACME, supplier_references=known) == {1: (1, "code"), **nobody}
    assert match(tmp_path, offers, products, supplier_references=known) == {1: "no_product", **nobody}


def test_a_feed_without_the_suppliers_codes_is_compared_by_its_skus(tmp_path: Path) -> None:
    found = match(
        tmp_path, [{"sku": "k1"}], [{"id": 1, "sku": "A"}], keys=ACME, supplier_references={1: {"ACME HURT": "K1"}}
    )
    assert found == {1: (1, "code")}


@pytest.mark.parametrize(
    ("offer", "expected"),
    [
        ({"sku": "A", "ean": EAN_A}, (1, "sku+ean+code")),
        ({"sku": "A"}, (1, "sku+code")),
        ({"ean": EAN_A}, (1, "ean+code")),
        ({"sku": "B"}, "keys_disagree"),
        ({"sku": "B", "ean": EAN_A}, "keys_disagree"),
        ({"sku": "B", "ean": EAN_B}, "keys_disagree"),
    ],
)
def test_three_keys_agree_or_nobody_is_named(tmp_path: Path, offer: dict[str, str], expected: object) -> None:
    products = [{"id": 1, "sku": "A", "ean": EAN_A}, {"id": 2, "sku": "B", "ean": EAN_B}]
    known = {1: {"Acme Hurt": "k1"}}
    offers = [{"supplier_sku": "k1", **offer}]
    assert match(tmp_path, offers, products, keys=ACME, supplier_references=known) == {1: expected}


def test_a_code_that_two_products_have_is_ambiguous(tmp_path: Path) -> None:
    known = {1: {"Acme Hurt": "k1"}, 2: {"Acme Hurt": "k1"}}
    products = [{"id": 1, "sku": "A"}, {"id": 2, "sku": "B"}]
    found = match(tmp_path, [{"supplier_sku": "k1"}], products, keys=ACME, supplier_references=known)
    assert found == {1: "several_products"}


def test_a_code_of_a_combination_decides_in_its_family(tmp_path: Path) -> None:
    offers = [{"supplier_sku": "k2", "sku": "A"}]
    known = {2: {"Acme Hurt": "k2"}}
    found = match(tmp_path, offers, FAMILY, keys=ACME, shop_links=ITEMS, supplier_references=known)
    assert found == {1: (2, "code")}


@pytest.mark.parametrize(
    "held", ["[1]", '{"supplier_references": "x"}', '{"supplier_references": {"Acme Hurt": null}}']
)
def test_what_another_program_wrote_into_a_links_metadata_is_no_code(tmp_path: Path, held: str) -> None:
    links = [{"integration_id": 7, "product_id": 1, "metadata": held}]
    match(tmp_path, [{"supplier_sku": "k1"}], [{"id": 1, "sku": "A"}])
    parquet.write(tmp_path / "shop_links.parquet", parquet.LINKS, links)
    matched = match_offers(tmp_path / "offers.parquet", ACME, tmp_path)
    assert (matched.found, matched.other_suppliers) == (0, [])


@pytest.mark.parametrize("offer", [{"supplier_sku": "k2"}, {"supplier_sku": "k2", "sku": "A"}])
def test_the_code_of_a_first_combination_that_its_product_has_too(tmp_path: Path, offer: dict[str, str]) -> None:
    known = {1: {"Acme Hurt": "k2"}, 2: {"Acme Hurt": "k2"}}
    found = match(tmp_path, [offer], FAMILY, keys=ACME, shop_links=ITEMS, supplier_references=known)
    assert found == {1: (2, "code")}
