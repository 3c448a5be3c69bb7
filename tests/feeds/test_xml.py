"""XML files: nested, with namespaces, cut, hostile."""

from __future__ import annotations

from typing import Any

import pytest

from tasks.errors import Refused, WrongSettingsError
from tests.feeds.conftest import Read, xml_feed

PRODUCT = """<product id="{id}">
  <name><![CDATA[ Śruba & nakrętka ]]></name>
  <codes><sku>S{id}</sku><ean>1</ean></codes>
  <attrs><a name="Kolor">czarny</a><a name="EAN">
    5901234123457
  </a></attrs>
  <price gross="12,30" net="10,00"/><stock quantity="7"/>
</product>"""


def document(*ids: int, inside: str = "") -> str:
    products = "\n".join(PRODUCT.format(id=number) for number in ids)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<offer><products>{products}{inside}</products></offer>'


def record(inside: str) -> str:
    return f"<offer><products><product>{inside}</product></products></offer>"


def simple(**mapping: str) -> dict[str, str]:
    return {"sku": "sku", "stock_quantity": "stock", **mapping}


def test_nested_records(read: Read) -> None:
    reading = read(document(1, 2), xml_feed())
    assert [offer["supplier_sku"] for offer in reading.offers] == ["1", "2"]
    offer = reading.offers[1]
    assert (offer["row_number"], offer["sku"], offer["ean"]) == (2, "S2", "5901234123457")
    assert (offer["name"], offer["stock_quantity"], str(offer["purchase_price"])) == (
        "Śruba & nakrętka",
        7,
        "10.0000",
    )


@pytest.mark.parametrize("path", ["/offer/products/product", "offer/products/product/"])
def test_slashes_around_the_record_path_do_not_matter(read: Read, path: str) -> None:
    assert len(read(document(1), xml_feed(path)).offers) == 1


def test_namespaces_go_by_local_name(read: Read) -> None:
    text = (
        '<rss xmlns:g="http://base.google.com/ns/1.0"><channel><item><g:id>A1</g:id>'
        '<g:stock iai:n="4"/></item></channel></rss>'
    )
    mapping = {"sku": "id", "stock_quantity": "g:stock/@n"}
    assert read(text, xml_feed("rss/channel/item", mapping=mapping)).offers[0]["stock_quantity"] == 4


@pytest.mark.parametrize(
    ("path", "inside", "found"),
    [
        ("code", "<code>X1</code>", "X1"),
        ("./code", "<code>X1</code>", "X1"),
        ("a/b/c", "<a><b><c>X1</c></b></a>", "X1"),
        ("a/b", "<a>no<b>X<i>no</i>1</b>no</a>", "X1"),
        ("a[@n='x']", "<a>no</a><a n='x'>X1</a>", "X1"),
        ("a[@n='x/y']/@v", "<a n='x/y' v='X1'/>", "X1"),
        ('a[@n="x"]/b', "<a n='y'><b>no</b></a><a n='x'><b>X1</b></a>", "X1"),
        ("code", "<other><code>no</code></other><code>X1</code>", "X1"),
        ("code", "<code/><code>X1</code>", "X1"),
        ("code", "<code>X1</code><code>X1</code>", "X1"),
    ],
)
def test_paths(read: Read, path: str, inside: str, found: str) -> None:
    feed = xml_feed(mapping={"sku": path, "stock_quantity": "stock"})
    assert read(record(inside + "<stock>1</stock>"), feed).offers[0]["sku"] == found


def test_the_record_s_own_text(read: Read) -> None:
    text = '<stock><item sku="A">5</item><item sku="B">6</item></stock>'
    reading = read(text, xml_feed("stock/item", mapping={"sku": "@sku", "stock_quantity": "."}))
    assert [(offer["sku"], offer["stock_quantity"]) for offer in reading.offers] == [("A", 5), ("B", 6)]


def test_a_path_with_and_without_a_predicate(read: Read) -> None:
    feed = xml_feed(mapping=simple(name="a", ean="a[@n='EAN']"))
    reading = read(record("<sku>A</sku><stock>1</stock><a n='x'>first</a><a n='EAN'>5901234123457</a>"), feed)
    assert (reading.offers[0]["name"], reading.offers[0]["ean"]) == ("first", "5901234123457")


@pytest.mark.parametrize("path", ["a//b", "/a", "a[1]", "a[@n=x]", "@a/b", "a[@n='x", "text()"])
def test_an_unknown_path_is_a_wrong_setting(read: Read, path: str) -> None:
    with pytest.raises(WrongSettingsError, match="sku: expected a path inside the record"):
        read(document(1), xml_feed(mapping={"sku": path, "stock_quantity": "stock"}))


VARIANTS = """<product id="7"><name>Kurtka</name>
  <sizes><size code="7-S" ean="5901234123457"><stock q="3"/></size><size code="7-M"><stock q="0"/></size></sizes>
  <price net="10,00"/><stock q="99"/></product>
<product id="8" ean="4006381333931"><price net="5,00"/><stock q="4"/></product>"""
SIZES = {
    "sku": "sizes/size/@code | @id",
    "ean": "sizes/size/@ean | @ean",
    "stock_quantity": "sizes/size/stock/@q | stock/@q",
    "purchase_price": "sizes/size/price/@net | price/@net",
    "name": "name",
}


def variants(read: Read, text: str = VARIANTS, **settings: Any) -> list[tuple[object, ...]]:
    feed = xml_feed(variant_path="sizes/size", mapping=SIZES, **settings)
    offers = read(f"<offer><products>{text}</products></offer>", feed).offers
    return [(o["row_number"], o["sku"], o["ean"], o["stock_quantity"], int(o["purchase_price"])) for o in offers]


def test_a_variant_has_its_parent_s_fields_even_those_below_it(read: Read) -> None:
    assert variants(read) == [
        (1, "7-S", "5901234123457", 3, 10),
        (2, "7-M", None, 0, 10),
        (3, "8", "4006381333931", 4, 5),
    ]


def test_one_variant_with_two_values_costs_only_itself(read: Read) -> None:
    text = VARIANTS.replace('<stock q="3"/>', '<stock q="3"/><stock q="4"/>')
    assert [row[1] for row in variants(read, text)] == ["7-M", "8"]


def test_a_value_of_the_parent_given_twice_costs_those_that_need_it(read: Read) -> None:
    text = VARIANTS.replace('<stock q="99"/>', '<stock q="99"/><stock q="98"/>')
    assert [row[1] for row in variants(read, text)] == ["7-S", "7-M", "8"]


def test_more_variants_than_any_item_has_are_refused(read: Read) -> None:
    with pytest.raises(Refused, match=r"at most 2,000 variants"):
        variants(read, "<product><sizes>" + "<size/>" * 2001 + "</sizes></product>")


def test_a_path_and_others_that_stand_in_for_it(read: Read) -> None:
    mapping = simple(ean="a[@n='EAN'] | a[@n='GTIN'] | ean")
    inside = "<sku>A</sku><stock>1</stock><ean>1</ean><a n='EAN'/><a n='GTIN'>5901234123457</a>"
    assert read(record(inside), xml_feed(mapping=mapping)).offers[0]["ean"] == "5901234123457"


def test_records_at_several_paths(read: Read) -> None:
    text = "<offers><o><sku>A</sku><stock>1</stock></o><group><o><sku>B</sku><stock>2</stock></o></group></offers>"
    reading = read(text, xml_feed("offers/o | offers/group/o", mapping=simple()))
    assert [offer["sku"] for offer in reading.offers] == ["A", "B"]


def test_a_path_that_may_be_missing(read: Read) -> None:
    assert (
        len(
            read(
                document(*range(30)),
                xml_feed(mapping=simple(ean="gtin?", sku="codes/sku") | {"stock_quantity": "stock/@quantity"}),
            ).offers
        )
        == 30
    )


def test_a_doctype_that_only_names_its_dtd_is_harmless(read: Read) -> None:
    text = '<!DOCTYPE offer SYSTEM "offers.dtd">' + record("<sku>A</sku><stock>1</stock>")
    assert read(text, xml_feed(mapping=simple())).offers[0]["sku"] == "A"


def test_an_entity_that_only_a_dtd_explains_is_refused(read: Read) -> None:
    text = '<!DOCTYPE offer SYSTEM "offers.dtd">' + record("<sku>A&nbsp;B</sku><stock>1</stock>")
    with pytest.raises(Refused, match="&nbsp;"):
        read(text, xml_feed(mapping=simple()))


def test_several_values_of_one_field_are_not_chosen_from(read: Read) -> None:
    reading = read(record("<sku>A</sku><stock>1</stock><stock>2</stock>"), xml_feed(mapping=simple()))
    assert (reading.offers, reading.rejects[0]["reason_code"]) == ([], "several_values")
    assert reading.rejects[0]["value"] == "1 | 2"


def test_several_eans_cost_only_the_ean(read: Read) -> None:
    inside = "<sku>A</sku><stock>1</stock><ean>5901234123457</ean><ean>5901234123464</ean>"
    reading = read(record(inside), xml_feed(mapping=simple(ean="ean")))
    assert (reading.offers[0]["ean"], reading.rejects[0]["scope"]) == (None, "field")


@pytest.mark.parametrize("encoding", ["windows-1250", "iso-8859-2", "utf-8", "utf-16"])
def test_declared_encodings(read: Read, encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?>' + record("<sku>Ś1</sku><stock>1</stock>")
    assert read(text.encode(encoding), xml_feed(mapping=simple())).offers[0]["sku"] == "Ś1"


def test_an_undeclared_old_code_page_needs_a_setting(read: Read) -> None:
    text = record("<sku>Ś1</sku><stock>1</stock>").encode("cp1250")
    with pytest.raises(Refused, match="set the feed's encoding"):
        read(text, xml_feed(mapping=simple()))
    assert read(text, xml_feed(mapping=simple(), encoding="cp1250")).offers[0]["sku"] == "Ś1"


@pytest.mark.parametrize("text", ["<offer/>", "<offer></offer>", "<offer><products/></offer>\n"])
def test_an_empty_root_is_a_feed_without_offers(read: Read, text: str) -> None:
    assert read(text, xml_feed()).read.rows_read == 0


def test_a_wrong_record_path_names_what_repeats(read: Read) -> None:
    with pytest.raises(Refused, match=r"none.*`offer/products/product` \(2x\)"):
        read(document(1, 2), xml_feed("offer/items/item"))


def test_a_missing_record_path_names_what_repeats(read: Read) -> None:
    with pytest.raises(WrongSettingsError, match="`offer/products/product`"):
        read(document(1, 2), xml_feed(None))


GATEWAY = """<provider_description file_format="IOF" version="3.0">
  <full url="https://hurt.test/full.xml?token=s3cret" hash="a1" changed="2026-11-25 06:00:00"/>
  <light url="https://hurt.test/light.xml" hash="b2" changed="2026-11-25 06:00:00"/>
</provider_description>"""


def test_a_list_of_files_is_refused_with_their_addresses(read: Read) -> None:
    with pytest.raises(Refused, match=r"`light` https://hurt.test/light.xml") as refused:
        read(GATEWAY, xml_feed())
    assert "s3cret" not in str(refused.value)


def test_a_wrong_root_is_refused(read: Read) -> None:
    with pytest.raises(Refused, match=r"root element `offer`.*got `error`"):
        read("<error><code>5</code></error>", xml_feed())


def test_a_mapped_path_that_no_record_has_is_refused(read: Read) -> None:
    feed = xml_feed(mapping={"sku": "codes/sku", "stock_quantity": "stock/@quantity", "ean": "codes/gtin"})
    with pytest.raises(Refused, match=r"`codes/gtin` \(ean\).*`codes/ean`"):
        read(document(*range(30)), feed)


def test_every_cut_is_refused(read: Read) -> None:
    text = document(1, 2, inside="<!-- żółw --><x a='1'>ż</x>").encode()
    for end in range(0, len(text), 5):
        with pytest.raises(Refused):
            read(text[:end], xml_feed())
    with pytest.raises(Refused, match="is cut"):
        read(text[:-1], xml_feed())


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE offer SYSTEM "file:///etc/passwd"><offer/>',
        '<!DOCTYPE o [<!ENTITY a "aa"><!ENTITY b "&a;&a;&a;&a;">]><offer><products>&b;</products></offer>',
    ],
)
def test_a_doctype_is_refused(read: Read, text: str) -> None:
    with pytest.raises(Refused, match="DOCTYPE"):
        read(text, xml_feed())


@pytest.mark.parametrize("inside", ["&undefined;", "<a", "</b>", "\0", "<a b=1/>", "<a x='1' x='2'/>"])
def test_malformed_xml_is_refused_with_its_place(read: Read, inside: str) -> None:
    with pytest.raises(Refused, match=r"malformed: .* at line 1, column \d+"):
        read(record(inside), xml_feed())


@pytest.mark.parametrize("depth", [101, 100_000])
def test_a_deep_file_is_refused(read: Read, depth: int) -> None:
    with pytest.raises(Refused, match="at most 100 elements inside each other"):
        read(record("<a>" * depth + "</a>" * depth), xml_feed())
    with pytest.raises(Refused, match="at most 100 elements inside each other"):
        read("<a>" * depth + "</a>" * depth, xml_feed())


@pytest.mark.parametrize(
    "inside",
    [
        "<name>" + "x" * 3_000_000 + "</name>",
        "<other>" + "x" * 3_000_000 + "</other>",
        "<name><![CDATA[" + "<" * 3_000_000 + "]]></name>",
        "<other a='" + "x" * 3_000_000 + "'/>",
        "<!--" + "<" * 3_000_000 + "-->",
    ],
)
def test_a_text_without_end_is_refused(read: Read, inside: str) -> None:
    with pytest.raises(Refused, match=r"at most 1,048,576"):
        read(record(inside), xml_feed())
