"""Which item of a shop's catalogue is which product."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tasks.linking.shop import CataloguePlan, Known, plan_catalogue
from tests import parquet

EAN = "5900000000008"
Rows = list[dict[str, Any]]


def plan(
    folder: Path,
    items: Rows,
    products: Rows | None = None,
    links: Rows | None = None,
    limit: int | None = None,
    *,
    codes: bool = True,
) -> CataloguePlan:
    known = parquet.write(folder / "products.parquet", parquet.PRODUCTS, products or [])
    shop_links = ({"integration_id": 7, **link} for link in links or [])
    linked = parquet.write(folder / "links.parquet", parquet.LINKS, shop_links)
    catalogue = parquet.write(folder / "catalogue.parquet", parquet.CATALOGUE, items)
    return plan_catalogue(catalogue, Known(linked, known), 7, limit, codes=codes)


def item(id_product: int, reference: str | None = None, attribute: int = 0, **more: Any) -> dict[str, Any]:
    return {"id_product": id_product, "id_product_attribute": attribute, "reference": reference, **more}


def new_items(made: CataloguePlan) -> dict[str, str | None]:
    return {row["external_id"]: row["sku"] for row in parquet.read(made.folder / "new_items.parquet")}


def recognised(made: CataloguePlan) -> dict[str, tuple[int, str]]:
    rows = parquet.read(made.folder / "new_links.parquet")
    return {row["external_product_id"]: (row["product_id"], row["matched_by"]) for row in rows}


def test_an_unknown_item_is_a_new_product(tmp_path: Path) -> None:
    assert new_items(plan(tmp_path, [item(5, "A")])) == {"5": "A"}


def test_a_combination_that_repeats_its_products_reference_has_no_sku(tmp_path: Path) -> None:
    made = plan(tmp_path, [item(5, "A"), item(5, "a", 1), item(5, "A-XL", 2)])
    assert new_items(made) == {"5": "A", "5-1": None, "5-2": "A-XL"}


def test_recognised_by_sku(tmp_path: Path) -> None:
    assert recognised(plan(tmp_path, [item(5, " a")], [{"id": 9, "sku": "A"}])) == {"5": (9, "sku")}


def test_recognised_by_ean_where_the_sku_finds_none(tmp_path: Path) -> None:
    made = plan(tmp_path, [item(5, "A", ean13=EAN)], [{"id": 9, "sku": "Z", "ean": EAN}])
    assert recognised(made) == {"5": (9, "ean")}


def test_several_candidates_are_ambiguous_and_nothing_is_made(tmp_path: Path) -> None:
    made = plan(tmp_path, [item(5, "A")], [{"id": 8, "sku": "A"}, {"id": 9, "sku": "a"}])
    assert (made.ambiguous, made.created, made.recognised) == (1, 0, 0)


def test_two_items_that_want_one_product_are_ambiguous(tmp_path: Path) -> None:
    assert plan(tmp_path, [item(5, "A"), item(6, "A")], [{"id": 9, "sku": "A"}]).ambiguous == 2


def test_a_reference_that_two_new_items_share_makes_two_products(tmp_path: Path) -> None:
    assert new_items(plan(tmp_path, [item(5, "DUP"), item(6, "DUP")])) == {"5": "DUP", "6": "DUP"}


def linked(sku: str | None, **more: Any) -> dict[str, Any]:
    return {"product_id": 9, "external_product_id": "5", "sku": sku, "metadata": '{"name": "N"}', **more}


def test_a_linked_item_is_known_by_its_link(tmp_path: Path) -> None:
    made = plan(tmp_path, [item(5, "A", name="N")], [{"id": 9, "sku": "A", "name": "N"}], [linked("A")])
    assert (made.changed, made.items) == (False, 1)


def test_a_product_follows_the_shops_new_reference(tmp_path: Path) -> None:
    made = plan(tmp_path, [item(5, "B", name="N")], [{"id": 9, "sku": "A", "name": "N"}], [linked("A")])
    assert [row["sku"] for row in parquet.read(made.folder / "changed_products.parquet")] == ["B"]


def test_a_product_that_somebody_else_changed_does_not_follow(tmp_path: Path) -> None:
    made = plan(tmp_path, [item(5, "B", name="N")], [{"id": 9, "sku": "MINE", "name": "N"}], [linked("A")])
    assert parquet.read(made.folder / "changed_products.parquet") == []
    assert [row["sku"] for row in parquet.read(made.folder / "changed_links.parquet")] == ["B"]


def test_limit_takes_whole_products(tmp_path: Path) -> None:
    made = plan(tmp_path, [item(5, "A"), item(5, "A-1", 1), item(6, "B")], limit=1)
    assert set(new_items(made)) == {"5", "5-1"}


def test_links_of_what_is_gone_are_told_and_kept(tmp_path: Path) -> None:
    products = [{"id": 1, "sku": "A"}, {"id": 2, "sku": "B"}]
    links = [{"product_id": number, "external_product_id": f"{number + 4}"} for number in (1, 2, 3)]
    made = plan(tmp_path, [item(5, "A"), item(7, "C")], products, links)
    assert [(row["product_id"], row["kind"]) for row in parquet.read(made.folder / "stale_items.parquet")] == [
        (2, "gone_from_shop"),
        (3, "product_deleted"),
    ]
    assert made.stale == 2


def test_a_limit_says_nothing_about_what_is_gone(tmp_path: Path) -> None:
    links = [{"product_id": 1, "external_product_id": "6"}]
    assert plan(tmp_path, [item(5, "A"), item(6, "B")], [{"id": 1}], links, limit=1).stale == 0


def held(made: CataloguePlan, kind: str) -> list[dict[str, Any]]:
    return [json.loads(row["metadata"]) for row in parquet.read(made.folder / f"{kind}.parquet")]


def test_a_shop_s_link_holds_what_the_suppliers_call_its_item(tmp_path: Path) -> None:
    codes = '{"Acme Hurt":"k1","Baltic":"k2"}'
    products = [{"id": 5, "sku": "A", "name": "Kubek"}]
    made = plan(tmp_path, [item(1, "A", name="Kubek", supplier_references=codes)], products)
    assert held(made, "new_links") == [{"name": "Kubek", "supplier_references": {"Acme Hurt": "k1", "Baltic": "k2"}}]
    links = [
        {"product_id": 5, "external_product_id": "1", "sku": "A", "metadata": json.dumps(held(made, "new_links")[0])}
    ]

    gone = [item(1, "A", name="Kubek", supplier_references='{"Acme Hurt":"k1"}')]
    made = plan(tmp_path, gone, products, links)
    assert held(made, "changed_links") == [{"name": "Kubek", "supplier_references": {"Acme Hurt": "k1"}}]
    assert held(plan(tmp_path, [item(1, "A", name="Kubek")], products, links), "changed_links") == [{"name": "Kubek"}]


def test_what_was_read_without_the_suppliers_codes_leaves_them(tmp_path: Path) -> None:
    known = {"name": "Kubek", "supplier_references": {"Acme Hurt": "k1"}, "theirs": 1}
    products = [{"id": 5, "sku": "A", "name": "Kubek"}]
    links = [{"product_id": 5, "external_product_id": "1", "sku": "A", "metadata": json.dumps(known)}]
    assert not plan(tmp_path, [item(1, "A", name="Kubek")], products, links, codes=False).changed
    made = plan(tmp_path, [item(1, "A", name="Kubek duży")], products, links, codes=False)
    assert held(made, "changed_links") == [{**known, "name": "Kubek duży"}]
