"""A person's word against the rules: linked and refused, whatever catalogue and feed do next."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.linking.decisions import DECIDED, read_decided
from tasks.state import StateDatabase
from tests import parquet
from tests.linking.test_match import EAN_A, EAN_B, Rows, match
from tests.linking.test_properties import OFFERS, PRODUCTS, links_of, named, numbered, outcome, quick


def said(judgement: str, offer: str, product: int | None = None) -> dict[str, Any]:
    return {"offer_key": offer, "product_id": product, "judgement": judgement}


def test_a_refused_product_is_no_candidate(tmp_path: Path) -> None:
    assert match(tmp_path, [{"sku": "A"}], [{"id": 1, "sku": "A"}], decided=[said("refused", "A", 1)]) == {
        1: "no_product"
    }


def test_a_refusal_of_one_of_two_leaves_the_other(tmp_path: Path) -> None:
    products = [{"id": 1, "sku": "A"}, {"id": 2, "sku": "A"}]
    assert match(tmp_path, [{"sku": "A"}], products, decided=[said("refused", "A", 1)]) == {1: (2, "sku")}


def test_an_offer_that_is_no_product_of_ours_is_refused(tmp_path: Path) -> None:
    products = [{"id": 1, "sku": "A", "ean": EAN_A}]
    offers = [{"sku": "A"}, {"sku": "B", "ean": EAN_A}]
    assert match(tmp_path, offers, products, decided=[said("refused", "A")]) == {1: "refused", 2: (1, "ean")}


def test_an_existing_link_does_not_outlive_a_refusal(tmp_path: Path) -> None:
    links = [{"product_id": 1, "external_product_id": "A", "is_manual": False}]
    assert match(tmp_path, [{"sku": "A"}], [{"id": 1}], links, decided=[said("refused", "A", 1)]) == {1: "no_product"}


def test_a_decision_whose_link_was_lost_still_holds(tmp_path: Path) -> None:
    products = [{"id": 1, "sku": "A"}, {"id": 2, "sku": "B"}]
    assert match(tmp_path, [{"sku": "A"}, {"sku": "B"}], products, decided=[said("linked", "A", 2)]) == {
        1: (2, "manual"),
        2: "no_product",
    }


def test_a_product_that_a_person_gave_away_waits_for_its_offer(tmp_path: Path) -> None:
    assert match(tmp_path, [{"sku": "B"}], [{"id": 2, "sku": "B"}], decided=[said("linked", "A", 2)]) == {
        1: "no_product"
    }


def test_a_link_that_was_made_by_hand_since_counts_more_than_a_decision(tmp_path: Path) -> None:
    links = [{"product_id": 1, "external_product_id": "A", "is_manual": True}]
    products = [{"id": 1}, {"id": 2}]
    assert match(tmp_path, [{"sku": "A"}], products, links, decided=[said("linked", "A", 2)]) == {1: (1, "manual")}


def test_a_persons_link_does_not_move_to_an_offer_that_was_refused(tmp_path: Path) -> None:
    links = [{"product_id": 1, "external_product_id": "gone", "sku": "A", "is_manual": True}]
    assert match(tmp_path, [{"sku": "A"}], [{"id": 1}], links, decided=[said("refused", "A", 1)]) == {1: "no_product"}


STEPS = st.lists(st.tuples(OFFERS, PRODUCTS), min_size=1, max_size=3)
PAIRS = st.tuples(st.integers(1, 5), st.integers(1, 5))


@quick
@given(STEPS, PAIRS, PAIRS, st.booleans())
def test_a_judgement_survives_all_that_catalogue_and_feed_do(
    steps: list[tuple[Rows, Rows]], yes: tuple[int, int], no: tuple[int, int], keep_links: bool
) -> None:
    (yes_offer, product), (no_offer, refused) = yes, no
    if yes_offer == no_offer:
        return
    decided = [said("linked", f"s{yes_offer}", product), said("refused", f"s{no_offer}", refused)]
    links: Rows = []
    for offers, products in steps:
        found = outcome(named(offers), numbered(products), links, decided)
        taken = [result[0] for result in found.values() if isinstance(result, tuple)]
        assert len(taken) == len(set(taken))
        if f"s{yes_offer}" in found and product <= len(products):
            assert found[f"s{yes_offer}"] == (product, "manual")
        assert [offer for offer, result in found.items() if result == (product, "manual")] in ([], [f"s{yes_offer}"])
        if isinstance(found.get(f"s{no_offer}"), tuple):
            assert found[f"s{no_offer}"][0] != refused
        links = links_of(found, manual=frozenset({f"s{yes_offer}"})) if keep_links else []


def test_only_decisions_that_hold_are_read(state: StateDatabase, tmp_path: Path) -> None:
    read_decided(state, 6, tmp_path)
    assert not (tmp_path / DECIDED).exists()
    shape = """id VARCHAR, integration_id BIGINT, offer_key VARCHAR, product_id BIGINT, judgement VARCHAR,
      pack_size DECIMAL(18,4), decided_by VARCHAR, decided_at TIMESTAMP, run_id VARCHAR, ended_at TIMESTAMP"""
    at = "2026-11-24 05:05:00"
    common = {"judgement": "linked", "decided_by": "Anna", "decided_at": at, "run_id": "r", "pack_size": 10}
    rows = [
        {"id": "r-1", "integration_id": 6, "offer_key": "A", "product_id": 1, **common},
        {"id": "r-2", "integration_id": 6, "offer_key": "B", "product_id": 2, "ended_at": at, **common},
        {"id": "r-3", "integration_id": 8, "offer_key": "C", "product_id": 3, **common},
    ]
    with state.session() as session:
        session.insert("decisions", parquet.write(tmp_path / "rows.parquet", shape, rows))
    read_decided(state, 6, tmp_path)
    assert [(row["offer_key"], row["pack_size"]) for row in parquet.read(tmp_path / DECIDED)] == [("A", 10)]


@pytest.mark.parametrize("ean", [EAN_A, EAN_B])
def test_a_refusal_holds_whichever_code_agrees(tmp_path: Path, ean: str) -> None:
    offer = {"supplier_sku": "x", "sku": "A", "ean": ean}
    products = [{"id": 1, "sku": "A", "ean": EAN_A}, {"id": 2, "ean": EAN_B}]
    found = match(tmp_path, [offer], products, decided=[said("refused", "x", 1)])
    assert found[1] in ("no_product", (2, "ean"))
