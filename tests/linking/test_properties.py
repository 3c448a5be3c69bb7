"""What holds for any offers, products and links: order decides nothing, a second time changes nothing, one is one."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.linking.test_match import ACME, EAN_A, EAN_B, match

Rows = list[dict[str, Any]]

SKUS = st.sampled_from(["A", "a ", "B", "0001", "1", None])
EANS = st.sampled_from([EAN_A, EAN_B, "0" + EAN_A, None])
CODES = st.sampled_from([None, "s1", "s2"])
PRODUCTS = st.lists(st.fixed_dictionaries({"sku": SKUS, "ean": EANS, "code": CODES}), min_size=1, max_size=5)
OFFERS = st.lists(st.fixed_dictionaries({"sku": SKUS, "ean": EANS}), min_size=1, max_size=5)
quick = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def numbered(products: Rows) -> Rows:
    """Products with their ids; `code`: what the shop says the supplier calls them."""
    return [{"id": number, **product} for number, product in enumerate(products, 1)]


def named(offers: Rows) -> Rows:
    """Each offer with a code of the supplier's own, by which it is known in whatever place it stands."""
    return [{"supplier_sku": f"s{number}", **offer} for number, offer in enumerate(offers, 1)]


def outcome(offers: Rows, products: Rows, links: Rows, decided: Rows | None = None) -> dict[str, Any]:
    """Supplier's code -> (product, method) or cause."""
    plain = [{name: value for name, value in product.items() if name != "code"} for product in products]
    codes = {product["id"]: {"Acme Hurt": product["code"]} for product in products if product["code"]}
    with tempfile.TemporaryDirectory() as folder:
        found = match(Path(folder), offers, plain, links, keys=ACME, supplier_references=codes, decided=decided)
    return {offers[number - 1]["supplier_sku"]: result for number, result in found.items()}


def links_of(found: dict[str, Any], manual: frozenset[str] = frozenset()) -> Rows:
    return [
        {"product_id": result[0], "external_product_id": code, "is_manual": code in manual}
        for code, result in found.items()
        if isinstance(result, tuple)
    ]


@quick
@given(OFFERS, PRODUCTS, st.randoms(use_true_random=False))
def test_the_order_of_rows_decides_nothing(offers: Rows, products: Rows, chance: Any) -> None:
    asked, known = named(offers), numbered(products)
    shuffled, mixed = chance.sample(asked, len(asked)), chance.sample(known, len(known))
    assert outcome(shuffled, mixed, []) == outcome(asked, known, [])


@quick
@given(OFFERS, PRODUCTS)
def test_a_second_time_links_the_same(offers: Rows, products: Rows) -> None:
    asked, known = named(offers), numbered(products)
    first = outcome(asked, known, [])
    again = outcome(asked, known, links_of(first))
    linked = {code: result[0] for code, result in first.items() if isinstance(result, tuple)}
    assert {code: again[code][0] for code in linked} == linked


@quick
@given(OFFERS, PRODUCTS, OFFERS)
def test_an_offer_is_one_product_and_a_product_one_offer(offers: Rows, products: Rows, before: Rows) -> None:
    known = numbered(products)
    links = links_of(outcome(named(before), known, []))
    found = outcome(named(offers), known, links)
    assert set(found) == {offer["supplier_sku"] for offer in named(offers)}
    taken = Counter(result[0] for result in found.values() if isinstance(result, tuple))
    assert set(taken.values()) <= {1}


@quick
@given(OFFERS, PRODUCTS, st.integers(1, 5), st.integers(1, 5))
def test_a_persons_link_is_final_whatever_the_codes_say(offers: Rows, products: Rows, code: int, product: int) -> None:
    asked, known = named(offers), numbered(products)
    said = {"product_id": product, "external_product_id": f"s{code}", "is_manual": True}
    found = outcome(asked, known, [said])
    for one, result in found.items():
        if one == f"s{code}":
            assert result == (product, "manual")
        elif isinstance(result, tuple):
            assert result[0] != product
