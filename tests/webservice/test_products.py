"""PUT and PATCH of products and combinations. Each test has products of its own: the shops are shared."""

from __future__ import annotations

import re

import pytest

from tests.webservice.conftest import EIGHT, NINE, SEVEN, Shop, codes, every, labels, modern

LONG_AGO = "2020-02-02 02:02:02"


def with_labels(node: str, *texts: str) -> str:
    """A product that was read, with other texts."""
    return re.sub(r"(?s)<available_later>.*?</available_later>", labels(*texts), node)


def product(id_product: int, inner: str) -> str:
    return f"<product><id>{id_product}</id>{inner}</product>"


@every
def test_a_product_is_put_back_with_other_texts(shop: Shop) -> None:
    query = "SELECT id_lang, COALESCE(available_now, ''), name FROM ps_product_lang WHERE id_product = 1 ORDER BY 1"
    before = shop.sql(query)
    answer = shop.put("products/1", with_labels(shop.product(1), "za 3 dni", "in 3 days"))
    assert (answer.status_code, shop.texts(1)) == (200, {1: "za 3 dni", 2: "in 3 days"})
    assert shop.sql(query) == before


@every
def test_put_empties_what_is_missing(shop: Shop) -> None:
    shop.sql("UPDATE ps_product_shop SET available_for_order = 1, active = 1 WHERE id_product = 2")
    node = re.sub(r"<active>.*?</active>", "", shop.product(2))
    assert shop.put("products", node).status_code == 200
    assert shop.sql("SELECT active, available_for_order FROM ps_product_shop WHERE id_product = 2") == [(0, 1)]


@every
@pytest.mark.parametrize("field", ["manufacturer_name", "quantity"])
def test_fields_that_nobody_may_send_are_refused(shop: Shop, field: str) -> None:
    answer = shop.put("products/4", shop.product(4).replace("</product>", f"<{field}>1</{field}></product>"))
    assert (answer.status_code, codes(answer)) == (400, [93])


@pytest.mark.parametrize("shop", [SEVEN], indirect=True)
def test_the_position_in_the_category_is_refused_as_it_was_read(shop: Shop) -> None:
    node = shop.product(4).replace("</product>", "<position_in_category></position_in_category></product>")
    answer = shop.put("products/4", node)
    assert (answer.status_code, codes(answer)) == (500, [134])


@every
def test_a_put_lacking_the_price_is_refused(shop: Shop) -> None:
    node = re.sub(r"<price>.*?</price>", "", shop.product(4))
    assert codes(shop.put("products/4", node)) == [41]


@every
def test_a_put_with_one_language_empties_the_others(shop: Shop) -> None:
    shop.put("products", with_labels(shop.product(5), "za 3 dni", "in 3 days"))
    shop.put("products", with_labels(shop.product(5), "za 4 dni"))
    assert shop.texts(5) == {1: "za 4 dni", 2: ""}


@modern
def test_a_patch_with_one_language_empties_the_others(shop: Shop) -> None:
    shop.patch("products", product(7, labels("za 3 dni", "in 3 days")))
    assert shop.texts(7) == {1: "za 3 dni", 2: "in 3 days"}
    shop.patch("products", product(7, labels("za 4 dni")))
    assert shop.texts(7) == {1: "za 4 dni", 2: ""}


@modern
def test_a_patch_keeps_the_other_fields(shop: Shop) -> None:
    query = "SELECT name, available_now FROM ps_product_lang WHERE id_product = 8 ORDER BY id_lang"
    shop.sql("UPDATE ps_product_lang SET available_now = 'mamy' WHERE id_product = 8")
    before = shop.sql(query)
    shop.patch("products", product(8, labels("a", "b")))
    assert shop.sql(query) == before


@pytest.mark.parametrize("shop", [EIGHT, NINE], indirect=True)
def test_a_patch_makes_an_empty_label_of_one_that_was_none_up_to_8(shop: Shop) -> None:
    shop.sql("UPDATE ps_product_lang SET available_now = NULL WHERE id_product = 9")
    shop.patch("products", product(9, labels("a", "b")))
    assert set(shop.texts(9, "available_now").values()) == ({None} if shop.version == NINE else {""})


@modern
def test_a_text_without_languages_goes_to_all(shop: Shop) -> None:
    shop.patch("products", product(10, "<available_later>wkrótce</available_later>"))
    assert shop.texts(10) == {1: "wkrótce", 2: "wkrótce"}


@every
def test_a_put_empties_inactive_languages_that_were_not_read(shop: Shop) -> None:
    shop.sql("UPDATE ps_product_lang SET available_later = 'old' WHERE id_product = 11")
    shop.sql("UPDATE ps_lang SET active = 0 WHERE id_lang = 2")
    try:
        shop.put("products", shop.product(11))
    finally:
        shop.sql("UPDATE ps_lang SET active = 1 WHERE id_lang = 2")
    assert shop.texts(11) == {1: "old", 2: ""}


@every
@pytest.mark.parametrize("text", ["x" * 256, "<![CDATA[<b>soon</b>]]>", "a = b", "{days}"])
def test_long_and_marked_up_labels_are_refused(shop: Shop, text: str) -> None:
    before = shop.texts(13)
    answer = shop.put("products", with_labels(shop.product(13), "good", text))
    assert (answer.status_code, codes(answer), shop.texts(13)) == (400, [84], before)


@every
def test_a_label_of_255_characters_fits(shop: Shop) -> None:
    shop.put("products", with_labels(shop.product(14), "ż" * 255, ""))
    assert shop.texts(14)[1] == "ż" * 255


@every
def test_another_field_that_is_wrong_refuses_the_product(shop: Shop) -> None:
    shop.sql("UPDATE ps_product_lang SET name = 'Lampa #2' WHERE id_product = 16")
    node = with_labels(shop.product(16), "a", "b")
    answer = shop.put("products", node)
    assert (answer.status_code, codes(answer)) == (400, [84])
    assert "Product->name" in answer.text


@modern
def test_another_field_that_is_wrong_refuses_a_patch_too(shop: Shop) -> None:
    shop.sql("UPDATE ps_product SET ean13 = 'unknown' WHERE id_product = 17")
    answer = shop.patch("products", product(17, labels("a", "b")))
    assert (answer.status_code, codes(answer)) == (400, [85])


@every
def test_line_breaks_are_lost(shop: Shop) -> None:
    shop.put("products", with_labels(shop.product(19), "za\ntydzień", ""))
    assert shop.texts(19)[1] == "zatydzień"


@every
def test_a_product_write_sets_its_date(shop: Shop) -> None:
    shop.sql("UPDATE ps_product SET date_upd = %s WHERE id_product = 20", LONG_AGO)
    shop.put("products", shop.product(20))
    assert str(shop.one("SELECT date_upd FROM ps_product WHERE id_product = 20")) > LONG_AGO


@modern
def test_patch_of_the_flag_or_of_unknown_fields_is_ignored(shop: Shop) -> None:
    query = "SELECT out_of_stock FROM ps_stock_available WHERE id_product = 22"
    before = shop.sql(query)
    answer = shop.patch("products", product(22, "<out_of_stock>1</out_of_stock><nothing>1</nothing>"))
    assert (answer.status_code, shop.sql(query)) == (200, before)


@every
def test_an_unknown_association_is_told_after_the_product_was_saved(shop: Shop) -> None:
    node = with_labels(shop.product(23), "a", "b")
    node = re.sub(r"(?s)<associations>.*</associations>", "<associations><nothing/></associations>", node)
    answer = shop.put("products", node)
    assert (codes(answer), shop.texts(23)) == ([86], {1: "a", 2: "b"})


@modern
def test_labels_of_combinations_are_patched(shop: Shop) -> None:
    answer = shop.patch("combinations", f"<combination><id>1</id>{labels('a', 'b')}</combination>")
    query = "SELECT available_later FROM ps_product_attribute_lang WHERE id_product_attribute = 1 ORDER BY id_lang"
    assert (answer.status_code, shop.sql(query)) == (200, [("a",), ("b",)])


@pytest.mark.parametrize("shop", [EIGHT], indirect=True)
def test_a_combination_stays_the_default_one_or_none(shop: Shop) -> None:
    query = "SELECT id_product_attribute, default_on FROM ps_product_attribute WHERE id_product = 6 ORDER BY 1"
    before = shop.sql(query)
    for id_combination, _ in before:
        shop.put("combinations", shop.node(f"combinations/{id_combination}"))
    assert shop.sql(query) == before
