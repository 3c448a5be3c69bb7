"""JSON and NDJSON files: arrays, nested, cut, hostile."""

from __future__ import annotations

import json
from typing import Any

import pytest

from blocks import FeedGate, FeedMapping, SupplierFeed
from tasks.errors import Refused, WrongSettingsError
from tasks.feeds.formats import json_stream
from tests.feeds.conftest import Read

MAPPING = {
    "sku": "codes/sku",
    "ean": "attributes[@name='EAN']/value",
    "stock_quantity": "stock/quantity",
    "purchase_price": "price",
    "supplier_sku": "id",
    "name": "name",
}


def feed(record_path: str | None = None, mapping: dict[str, str] | None = None, **settings: Any) -> SupplierFeed:
    columns = FeedMapping(**(mapping or MAPPING))
    settings.setdefault("gate", FeedGate(max_rejected_share=1))
    return SupplierFeed(integration_id=6, source="feed.json", record_path=record_path, mapping=columns, **settings)


def item(number: int, **more: Any) -> dict[str, Any]:
    return {
        "id": number,
        "name": "Śruba",
        "codes": {"sku": f"S{number}"},
        "attributes": [{"name": "Kolor", "value": "czarny"}, {"value": "5901234123457", "name": "EAN"}],
        "stock": {"quantity": 7},
        "price": 10.5,
        **more,
    }


SIMPLE = {"sku": "sku", "stock_quantity": "stock"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_an_array_of_objects(read: Read, encoding: str) -> None:
    reading = read(json.dumps([item(1), item(2)], ensure_ascii=False).encode(encoding), feed())
    offer = reading.offers[1]
    assert (offer["row_number"], offer["supplier_sku"], offer["sku"], offer["ean"]) == (2, "2", "S2", "5901234123457")
    assert (offer["name"], offer["stock_quantity"], str(offer["purchase_price"])) == ("Śruba", 7, "10.5000")


def test_one_object_a_line(read: Read) -> None:
    text = "".join(json.dumps(item(number)) + "\n" for number in range(3))
    reading = read(text, feed())
    assert (reading.read.format, [offer["sku"] for offer in reading.offers]) == ("json", ["S0", "S1", "S2"])


@pytest.mark.parametrize("path", ["data/items", "/data/items/", "offers | data/items"])
def test_a_nested_array(read: Read, path: str) -> None:
    text = json.dumps({"status": "ok", "data": {"page": [1, {"items": 5}], "items": [item(1), item(2)]}})
    assert [offer["sku"] for offer in read(text, feed(path)).offers] == ["S1", "S2"]


def test_a_variant_has_its_parent_s_fields(read: Read) -> None:
    mapping = {"sku": "sizes/code | id", "stock_quantity": "sizes/stock", "name": "name", "purchase_price": "price"}
    sizes = [{"code": "A-S", "stock": 1}, {"code": "A-M", "stock": 0}]
    text = json.dumps([item(1, sizes=sizes), item(2, sizes=[{"stock": 4}])])
    reading = read(text, feed(mapping=mapping, variant_path="sizes"))
    assert [(o["row_number"], o["sku"], o["stock_quantity"], o["name"]) for o in reading.offers] == [
        (1, "A-S", 1, "Śruba"),
        (2, "A-M", 0, "Śruba"),
        (3, "2", 4, "Śruba"),
    ]


@pytest.mark.parametrize(
    ("value", "found"),
    [("12", 12), ("12.0", 12), ('"12"', 12), ('">20"', 20), ("1.234", 1), ('"tak"', None)],
)
def test_numbers_are_text_first(read: Read, value: str, found: int | None) -> None:
    reading = read(f'[{{"sku": "A", "stock": {value}}}]', feed(mapping=SIMPLE))
    assert reading.offers[0]["stock_quantity"] == found


def test_a_long_code_keeps_its_digits(read: Read) -> None:
    reading = read('[{"ean": 5901234123457, "stock": 1}]', feed(mapping={"ean": "ean", "stock_quantity": "stock"}))
    assert reading.offers[0]["ean"] == "5901234123457"


@pytest.mark.parametrize("value", ["null", '""', "[]", "{}"])
def test_no_stock_is_not_zero(read: Read, value: str) -> None:
    assert read(f'[{{"sku": "A", "stock": {value}}}]', feed(mapping=SIMPLE)).reasons == ["no_stock"]


def test_a_name_given_twice_is_not_chosen_from(read: Read) -> None:
    assert read('[{"sku": "A", "stock": 1, "stock": 2}]', feed(mapping=SIMPLE)).reasons == ["several_values"]


def test_a_plain_value_among_records_is_rejected(read: Read) -> None:
    reading = read('[{"sku": "A", "stock": 1}, "x", null]', feed(mapping=SIMPLE))
    assert (len(reading.offers), reading.reasons, reading.read.rows_read) == (1, ["not_an_object"] * 2, 3)


def test_a_member_named_like_the_whole_path(read: Read) -> None:
    mapping = {"sku": "Kod / symbol", "stock_quantity": "Stan (szt.)"}
    assert read('[{"Kod / symbol": "A", "Stan (szt.)": 1}]', feed(mapping=mapping)).offers[0]["sku"] == "A"


@pytest.mark.parametrize("text", ["[]", "[ ]\n", '{"items": []}'])
def test_an_empty_list_is_a_feed_without_offers(read: Read, text: str) -> None:
    assert read(text, feed(None if text.startswith("[") else "items", SIMPLE)).read.rows_read == 0


@pytest.mark.parametrize("path", [None, "items"])
def test_an_error_with_200_is_refused_with_its_words(read: Read, path: str | None) -> None:
    with pytest.raises(Refused, match=r'got JSON, beginning with `{"error": "bad key"}`'):
        read('{"error": "bad key"}', feed(path))


@pytest.mark.parametrize("path", [None, "offers"])
def test_what_repeats_is_named(read: Read, path: str | None) -> None:
    with pytest.raises(Refused, match=r"`data/items` \(3x\)"):
        read(json.dumps({"data": {"items": [item(n) for n in range(3)]}}), feed(path))


def test_a_mapped_name_that_no_record_has_is_refused(read: Read) -> None:
    with pytest.raises(Refused, match=r"`qty` \(stock_quantity\).*`stock`"):
        read(json.dumps([item(n) for n in range(30)]), feed(mapping={"sku": "id", "stock_quantity": "qty"}))


def test_every_cut_is_refused(read: Read) -> None:
    text = json.dumps({"items": [item(1), item(2)]})
    for end in range(2, len(text) - 1, 3):
        with pytest.raises(Refused, match="is cut"):
            read(text[:end], feed("items"))


@pytest.mark.parametrize("text", ['[{"sku": }]', '[{"a": 1},]', "[{'a': 1}]", '[{"a": 1}] x', '[{"a": 1}][{"a": 2}]'])
def test_malformed_json_is_refused(read: Read, text: str) -> None:
    with pytest.raises(Refused, match="malformed"):
        read(text, feed(mapping=SIMPLE, format="json"))


@pytest.mark.parametrize("path", ["a//b", "a[1]", "a[@n=x]", "a[@n='x"])
def test_an_unknown_path_is_a_wrong_setting(read: Read, path: str) -> None:
    with pytest.raises(WrongSettingsError, match="sku: expected a path inside the record"):
        read("[]", feed(mapping={"sku": path, "stock_quantity": "stock"}))


@pytest.mark.parametrize("depth", [101, 100_000])
@pytest.mark.parametrize("start", ["[", '{"a":'])
def test_a_deep_file_is_refused(read: Read, depth: int, start: str) -> None:
    with pytest.raises(Refused, match="at most 100 values inside each other"):
        read('[{"sku": "A", "stock": ' + start * depth, feed(mapping=SIMPLE))
    with pytest.raises(Refused, match="at most 100 values inside each other"):
        read('{"items": ' + start * depth, feed("offers", mapping=SIMPLE))


@pytest.mark.parametrize("inside", ['"name": "', '"'])
def test_a_text_without_end_is_refused(read: Read, inside: str) -> None:
    with pytest.raises(Refused, match=r"texts of at most 1,048,576 bytes"):
        read("[{" + inside + "x" * 3_000_000, feed(mapping=SIMPLE))


def test_a_record_without_end_is_refused(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_stream, "LARGEST_RECORD", 1000)
    with pytest.raises(Refused, match=r"These paths repeat in it: `a` \(400x\)"):
        read(json.dumps({"a": [{"sku": n} for n in range(400)]}), feed(mapping=SIMPLE))


def test_a_monstrous_number_is_refused(read: Read) -> None:
    with pytest.raises(Refused, match="more digits"):
        read(f'[{{"sku": "A", "stock": {"1" * 5000}}}]', feed(mapping=SIMPLE))


@pytest.mark.parametrize("number", ["1e400000000", "-1e400000000", "1" * 4000])
def test_a_number_larger_than_any_stock_is_rejected(read: Read, number: str) -> None:
    assert read(f'[{{"sku": "A", "stock": {number}}}]', feed(mapping=SIMPLE)).offers == []
