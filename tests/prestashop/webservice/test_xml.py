"""Entities are read as they stand, changed, and written without what may not be sent back."""

from __future__ import annotations

import pytest

from tasks.prestashop.webservice.xml import (
    Entity,
    NotXmlError,
    Refusal,
    document,
    entities_of,
    is_exact,
    parse,
    refusals_of,
)

HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n<prestashop xmlns:xlink="http://www.w3.org/1999/xlink">'
PRODUCT = (
    b'<product><id><![CDATA[5]]></id><id_supplier xlink:href="http://s/api/suppliers/2"><![CDATA[2]]></id_supplier>'
    b'<name><language id="1" xlink:href="http://s/api/languages/1"><![CDATA[\xc5\x81y\xc5\xbcka <x> & co]]></language>'
    b'<language id="2" xlink:href="http://s/api/languages/2"/></name><quantity notFilterable="true"/></product>'
)


def entities(content: bytes) -> list[Entity]:
    return list(entities_of(parse(HEAD + content + b"</prestashop>")))


def test_texts_by_language() -> None:
    (product,) = entities(PRODUCT)
    assert (product.id, product.texts("name"), product.text("quantity")) == (5, {1: "Łyżka <x> & co", 2: ""}, "")


def test_a_list_holds_its_entities() -> None:
    assert [one.id for one in entities(b"<products>" + PRODUCT * 2 + b"</products>")] == [5, 5]


def test_a_list_of_ids() -> None:
    assert [one.id for one in entities(b'<products><product id="7" xlink:href="x"/></products>')] == [7]


def test_an_empty_list() -> None:
    assert entities(b"<products>\n</products>") == []


def test_what_was_deleted_while_it_was_listed_has_no_id() -> None:
    assert [one.id for one in entities(b"<products><product><id/><name/></product></products>")] == [0]


def test_written_entities_stand_without_a_list() -> None:
    assert [one.id for one in entities(PRODUCT + PRODUCT)] == [5, 5]


def test_an_entity_is_sent_back_with_all_fields_and_without_addresses() -> None:
    (product,) = entities(PRODUCT)
    product.remove("quantity")
    sent = document(product).decode()
    assert "xlink:href" not in sent
    assert "quantity" not in sent
    (again,) = entities_of(parse(sent.encode()))
    assert (again.fields, again.texts("name")) == (["id", "id_supplier", "name"], {1: "Łyżka <x> & co", 2: ""})


def test_a_new_entity_says_only_what_was_put_into_it() -> None:
    entity = Entity.new("stock_available", id=3, out_of_stock=1, available_later={1: "a & b", 2: ""})
    assert (
        document(entity)
        .decode()
        .endswith(
            "<stock_available><id>3</id><out_of_stock>1</out_of_stock><available_later>"
            '<language id="1">a &amp; b</language><language id="2" /></available_later></stock_available></prestashop>'
        )
    )


def test_a_field_set_anew_holds_the_new_texts_only() -> None:
    (product,) = entities(PRODUCT)
    product.set("name", {2: "Spoon"})
    assert product.texts("name") == {2: "Spoon"}


def test_what_php_printed_before_the_document_is_passed_over() -> None:
    warning = b"<br />\n<b>Warning</b>: Undefined array key 1 in <b>dispatcher.php</b>\n"
    assert [one.id for one in entities_of(parse(warning + HEAD + PRODUCT + b"</prestashop>"))] == [5]


def test_signs_that_no_xml_may_hold_are_passed_over_and_noticed() -> None:
    body = HEAD + PRODUCT.replace(b"co]]", b"co\x0b]]") + b"</prestashop>"
    (product,) = entities_of(parse(body))
    assert (product.texts("name")[1], is_exact(body)) == ("Łyżka <x> & co", False)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'<!DOCTYPE a [<!ENTITY x "y">]><prestashop>&x;</prestashop>', "DOCTYPE"),
        (b"<prestashop>&x;</prestashop>", "undefined entity"),
        (HEAD + PRODUCT[:-20], "cut or malformed"),
        (b"", "cut or malformed"),
        (b"<!doctype html><html></html>", "cut or malformed"),
        (b"<a>" * 30, "deeper than 20"),
    ],
)
def test_anything_else_is_refused(body: bytes, said: str) -> None:
    with pytest.raises(NotXmlError, match=said):
        parse(body)


def test_errors_are_told_with_their_codes() -> None:
    errors = b"<errors><error><code><![CDATA[26]]></code><message><![CDATA[No]]></message></error></errors>"
    assert refusals_of(parse(HEAD + errors + b"</prestashop>")) == [Refusal(26, "No")]
