"""Lists and single entities: filters, order, pages, formats, and what is empty."""

from __future__ import annotations

import re

import pytest

from tests.webservice.conftest import EIGHT, NINE, OLD, SEVEN, Shop, codes, differing, every, located, older

STOCK = {
    "id_product",
    "id_product_attribute",
    "id_shop",
    "id_shop_group",
    "quantity",
    "depends_on_stock",
    "out_of_stock",
}


def names(shop: Shop, path: str) -> set[str]:
    (node,) = shop.json(path).values()
    return set(node) - {"id", "associations"}


@every
def test_an_unknown_id_is_404_without_a_body(shop: Shop) -> None:
    for answer in (shop.get("products/9999"), shop.get("products/9999", output_format="JSON")):
        assert (answer.status_code, answer.content) == (404, b"")


@every
def test_an_empty_list_is_an_empty_array_in_json(shop: Shop) -> None:
    assert shop.json("products", display="full", filter_id="9999") == []
    found = shop.get("products", display="full", filter_id="9999")
    assert (found.status_code, re.findall(r"<products>\s*</products>", found.text) != []) == (200, True)


@every
def test_past_the_end_is_empty(shop: Shop) -> None:
    assert shop.json("products", display="[id]", sort="[id_ASC]", limit="40,20") == []


@every
def test_pages_follow_the_sort(shop: Shop) -> None:
    pages = [shop.ids("products", display="[id]", sort="[id_ASC]", limit=f"{start},15") for start in (0, 15, 30)]
    assert pages == [list(range(1, 16)), list(range(16, 31)), list(range(31, 41))]


@every
def test_without_sort_the_order_is_none(shop: Shop) -> None:
    found = shop.ids("products")
    assert found != sorted(found)
    assert sorted(found) == list(range(1, 41))


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("[3|5]", [3, 5]),
        ("[3,5]", [3, 4, 5]),
        ("[5,3]", [3, 4, 5]),
        ("4", [4]),
        ("[4]", [4]),
        (">[38]", [39, 40]),
        ("<[3]", [1, 2]),
        ("[3]%", [3, *range(30, 40)]),
        ("%[9]", [9, 19, 29, 39]),
        ("[[3]|5]", list(range(1, 41))),  # a bracket within: no filter at all
    ],
)
def test_the_language_of_filters(shop: Shop, value: str, found: list[int]) -> None:
    assert shop.ids("products", filter_id=value, sort="[id_ASC]") == found


@every
def test_text_filters_ignore_case_and_give_all_of_a_kind(shop: Shop) -> None:
    reference = shop.one("SELECT reference FROM ps_product WHERE id_product = 21")
    same = [one for (one,) in shop.sql("SELECT id_product FROM ps_product WHERE reference = %s", reference)]
    assert len(same) > 1
    assert shop.ids("products", filter_reference=f"[{reference.lower()}]", sort="[id_ASC]") == same


@every
@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"display": "[nothing]"}, 35),
        ({"display": "nothing"}, 36),
        ({"display": "[combinations]"}, 35),
        ({"filter_nothing": "1"}, 32),
        ({"filter_date_upd": "[2020]%"}, 32),
        ({"filter_id": ""}, 33),
        ({"filter_quantity": "[1]"}, 34),
        ({"sort": "[id]"}, 37),
        ({"sort": "[nothing_ASC]"}, 38),
        ({"limit": "1,2,3"}, 39),
        ({"schema": "whole"}, 28),
        ({"language": "9"}, 81),
    ],
)
def test_what_is_wrong_in_a_question_is_400(shop: Shop, parameters: dict[str, str], code: int) -> None:
    answer = shop.get("products", **parameters)
    assert (answer.status_code, codes(answer)) == (400, [code])


def test_dates_filter_where_date_is_asked_for(shop: Shop) -> None:
    found = {"filter_date_add": "[2024-02-29]%", "date": "1"}
    assert len(shop.ids("products", **found)) == 40


@differing
def test_numbers_are_texts_before_9(shop: Shop) -> None:
    row = shop.json("stock_availables/1")["stock_available"]
    number: type = int if shop.version == NINE else str
    kinds = {name: type(row[name]) for name in ("quantity", "id_shop_group", "out_of_stock", "depends_on_stock")}
    assert kinds == dict.fromkeys(("quantity", "id_shop_group", "out_of_stock"), number) | {"depends_on_stock": str}
    assert row["id"] == 1


@every
def test_a_single_one_stands_in_a_list_where_display_is_given(shop: Shop) -> None:
    assert list(shop.json("products/1")) == ["product"]
    assert shop.json("products/1", display="[id]") == {"products": [{"id": 1}]}


@differing
def test_texts_are_listed_by_language(shop: Shop) -> None:
    (found,) = shop.json("products", display="[name]", filter_id="1")["products"]
    one, two = (1, 2) if shop.version == NINE else ("1", "2")
    assert [line["id"] for line in found["name"]] == [one, two]
    assert re.findall(r'<language id="(\d)" xlink:href="[^"]*"><!\[CDATA\[(.+?)\]\]>', shop.get("products/1").text)


@every
def test_one_language_is_a_plain_text(shop: Shop) -> None:
    (found,) = shop.json("products", display="[name]", filter_id="1", language="1")["products"]
    assert found["name"] == shop.one("SELECT name FROM ps_product_lang WHERE id_product = 1 AND id_lang = 1")


@pytest.mark.parametrize(("shop", "code"), [(OLD, 5), (SEVEN, 5), (EIGHT, 3), (NINE, 3)], indirect=["shop"])
def test_json_of_a_language_without_a_row_is_500(shop: Shop, code: int) -> None:
    shop.sql("DELETE FROM ps_product_lang WHERE id_product = 40 AND id_lang = 2")
    answer = shop.get("products/40", output_format="JSON")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (500, code)
    assert shop.get("products/40").status_code == 200


@every
def test_inactive_languages_are_shown_only_when_asked_for(shop: Shop) -> None:
    shop.sql("UPDATE ps_lang SET active = 0 WHERE id_lang = 2")
    try:
        plain, asked = (shop.get("products/1", **more).text for more in ({}, {"language": "[1|2]"}))
    finally:
        shop.sql("UPDATE ps_lang SET active = 1 WHERE id_lang = 2")
    assert ['id="2"' in text for text in (plain, asked)] == [False, True]


@every
def test_a_list_of_stock_rows_holds_those_that_do_not_count(shop: Shop) -> None:
    shop.row_that_does_not_count(39)
    rows = shop.json("stock_availables", display="full", filter_id_product="39")["stock_availables"]
    assert sorted((int(row["id_shop"]), int(row["id_shop_group"])) for row in rows) == [(0, 1), (1, 0)]


@every
def test_a_product_names_the_stock_rows_that_count(shop: Shop) -> None:
    shop.row_that_does_not_count(38)
    (found,) = shop.json("products", display="[id,stock_availables[id]]", filter_id="38")["products"]
    assert [int(row["id"]) for row in found["associations"]["stock_availables"]] == [shop.stock_row(38)]


def test_a_stock_row_has_no_location_in_1_6(shops: dict[str, Shop]) -> None:
    assert {version: names(shop, "stock_availables/1") for version, shop in shops.items()} == {
        OLD: STOCK,
        **dict.fromkeys((SEVEN, EIGHT, NINE), STOCK | {"location"}),
    }


def test_fields_that_only_some_versions_have(shops: dict[str, Shop]) -> None:
    asked = {"mpn", "state", "product_type", "meta_keywords", "is_virtual", "cache_is_pack", "available_later"}
    found = {version: asked - names(shop, "products/3") for version, shop in shops.items()}
    assert found == {OLD: {"mpn", "state", "product_type"}, SEVEN: set(), EIGHT: set(), NINE: {"meta_keywords"}}


def test_combinations_have_labels_from_8_1_and_quantities_before_8(shops: dict[str, Shop]) -> None:
    asked = {"available_now", "available_later", "quantity", "location"}
    found = {version: asked & names(shop, "combinations/1") for version, shop in shops.items()}
    before, after = {"quantity", "location"}, {"available_now", "available_later"}
    assert found == {OLD: before, SEVEN: before, EIGHT: after, NINE: after}


@older
def test_the_schema_tells_which_fields_there_are(shop: Shop) -> None:
    assert "<available_later" in shop.get("products", schema="synopsis").text
    assert "<available_later" not in shop.get("combinations", schema="synopsis").text


@located
@pytest.mark.parametrize("name", ["languages", "shops", "shop_groups", "suppliers", "manufacturers", "currencies"])
def test_what_stands_beside_products_can_be_read(shop: Shop, name: str) -> None:
    assert shop.json(name, display="full", limit="1")[name]


@every
def test_settings_are_found_by_name(shop: Shop) -> None:
    (row,) = shop.json("configurations", display="[value]", filter_name="PS_VERSION_DB")["configurations"]
    assert row["value"] == shop.version


@every
def test_supplier_references_can_be_read(shop: Shop) -> None:
    found = shop.json("product_suppliers", display="full", filter_id_supplier="1", limit="1")["product_suppliers"]
    assert found[0]["product_supplier_reference"]
