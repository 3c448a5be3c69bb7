"""What holds for any offers and any policy: more is never less, order decides nothing, a constant feed never flaps."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasks.availability import plan
from tests import parquet
from tests.availability.cases import VIEW, Key, Rows, as_written, keyed, links_of, shop_with

ITEM = {"is_virtual": False, "is_pack": False, "depends_on_stock": False, "has_stock_row": True, "quantity": 0}
STOCK = st.one_of(st.none(), st.integers(0, 40))
OFFER = st.fixed_dictionaries(
    {"stock": STOCK, "available": st.sampled_from([None, True, False]), "days": st.sampled_from([None, 0, 1, 5])},
    optional={"price": st.integers(1, 30), "pack": st.sampled_from([1, 6, 0.5])},
)
OFFERS = st.dictionaries(st.sampled_from([6, 8, 9]), OFFER, min_size=1, max_size=3)
PRODUCTS = st.lists(
    st.fixed_dictionaries({"offers": OFFERS, "was": st.sampled_from([None, "0", "1"]), "least": st.integers(1, 30)}),
    min_size=1,
    max_size=12,
)
LEAST = st.integers(0, 25)
POLICIES = st.builds(
    lambda least, more, best, margin, exceptions: {
        "min_stock_threshold": least,
        "resume_threshold": None if more is None else least + more,
        "best_offer": best,
        "supplier_priority": [9, 6] if best == "priority" else [],
        "min_margin_percent": margin,
        "exceptions": exceptions,
    },
    LEAST,
    st.one_of(st.none(), st.integers(0, 10)),
    st.sampled_from(["fastest", "cheapest", "largest_stock", "priority"]),
    st.sampled_from([None, 10.0]),
    st.lists(
        st.sampled_from(
            [
                {"supplier": 6, "min_stock_threshold": 3},
                {"supplier": 8, "own_stock_only": True},
                {"brand": "B", "resume_threshold": 30},
                {"product": "REF-1", "min_stock_threshold": 1, "resume_threshold": 12},
            ]
        ),
        max_size=3,
    ),
)
quick = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
Wanted = dict[Key, tuple[str | None, str]]


def decide(policy: dict[str, Any], products: Rows, written: Rows, *, backwards: bool = False) -> Wanted:
    """What is wanted for some products (numbered from 1 on); `backwards` lays the suppliers' rows in another order."""
    links = [row for n, product in enumerate(products, 1) for row in links_of(product["offers"], n, str(n))]
    shop = [
        {"id_product": n, "id_product_attribute": 0, "reference": f"REF-{n}", "brand": "B" if n % 2 else None}
        | {"price": 15, "minimal_quantity": product["least"] if n % 3 == 0 else 1, **ITEM}
        for n, product in enumerate(products, 1)
    ]
    tables = {
        "links": (parquet.LINKS, links[::-1] if backwards else links),
        "catalogue": (parquet.CATALOGUE, shop),
        "written": (parquet.WRITTEN, written),
    }
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        inputs = {key: parquet.write(folder / f"{key}.parquet", *table) for key, table in tables.items()}
        return keyed(parquet.read(plan.decide(shop_with(policy), VIEW, inputs, folder).wanted))


def before(products: Rows) -> Rows:
    """What we wrote last: nothing, off or on."""
    rows: Wanted = {(n, 0, None, "out_of_stock"): (one["was"], "") for n, one in enumerate(products, 1) if one["was"]}
    return as_written(rows)


def flags(wanted: Wanted) -> dict[int, str | None]:
    return {key[0]: value for key, (value, _) in wanted.items() if key[3] == "out_of_stock"}


@quick
@given(POLICIES, PRODUCTS, st.integers(1, 20))
def test_more_stock_never_makes_a_product_less_available(policy: dict[str, Any], products: Rows, more: int) -> None:
    fuller = [
        {**one, "offers": {key: _with_more(offer, more) for key, offer in one["offers"].items()}} for one in products
    ]
    written = before(products)
    less, now = flags(decide(policy, products, written)), flags(decide(policy, fuller, written))
    assert [number for number, value in less.items() if value == "1" and now[number] == "0"] == []


def _with_more(offer: dict[str, Any], more: int) -> dict[str, Any]:
    return offer if offer["stock"] is None else {**offer, "stock": offer["stock"] + more}


@quick
@given(POLICIES, PRODUCTS)
def test_the_order_of_suppliers_decides_nothing(policy: dict[str, Any], products: Rows) -> None:
    written = before(products)
    assert decide(policy, products, written) == decide(policy, products, written, backwards=True)


@quick
@given(POLICIES, PRODUCTS)
def test_a_constant_feed_never_flaps(policy: dict[str, Any], products: Rows) -> None:
    first = decide(policy, products, before(products))
    second = decide(policy, products, as_written(first, before(products)))
    # the values: of two offers that could not be sold either way, another one's reason may be the first to name
    assert {row: value for row, (value, _) in second.items()} == {row: value for row, (value, _) in first.items()}


@quick
@given(POLICIES, PRODUCTS)
def test_nothing_is_on_without_pieces_or_a_yes(policy: dict[str, Any], products: Rows) -> None:
    for number, value in flags(decide(policy, products, before(products))).items():
        if value == "1":
            assert any(_could_do(policy, offer) for offer in products[number - 1]["offers"].values())


def _could_do(policy: dict[str, Any], offer: dict[str, Any]) -> bool:
    if offer["available"] is False:
        return False
    return bool(offer["stock"] or offer["available"] or (offer["stock"] == 0 and policy["min_stock_threshold"] == 0))
