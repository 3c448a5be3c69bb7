"""PUT and PATCH of stock rows. Each test has products of its own: the shops are shared."""

from __future__ import annotations

import re

import pytest

from tests.webservice.conftest import EIGHT, NINE, OLD, SEVEN, Shop, codes, differing, every, located, modern

COLUMNS = "id_product, id_product_attribute, id_shop, id_shop_group, quantity, depends_on_stock, out_of_stock"


def row(shop: Shop, id_row: int, **changed: object) -> str:
    """A stock row as a PUT needs it."""
    ((*values,),) = shop.sql(f"SELECT {COLUMNS} FROM ps_stock_available WHERE id_stock_available = %s", id_row)
    fields = dict(zip(COLUMNS.split(", "), values, strict=True)) | {"id": id_row} | changed
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items() if value is not None)
    return f"<stock_available>{inner}</stock_available>"


def flag(shop: Shop, id_row: int) -> int:
    return int(shop.one("SELECT out_of_stock FROM ps_stock_available WHERE id_stock_available = %s", id_row))


def column(shop: Shop, name: str, id_row: int) -> object:
    return shop.one(f"SELECT {name} FROM ps_stock_available WHERE id_stock_available = %s", id_row)


def set_column(shop: Shop, name: str, value: object, id_row: int) -> None:
    shop.sql(f"UPDATE ps_stock_available SET {name} = %s WHERE id_stock_available = %s", value, id_row)


@every
def test_put_of_all_fields_is_answered_with_the_row(shop: Shop) -> None:
    id_row = shop.stock_row(1)
    answer = shop.put(f"stock_availables/{id_row}", row(shop, id_row, out_of_stock=1))
    assert (answer.status_code, flag(shop, id_row)) == (200, 1)
    assert "<out_of_stock><![CDATA[1]]></out_of_stock>" in answer.text


@located
def test_put_without_location_wipes_it(shop: Shop) -> None:
    id_row = shop.stock_row(2)
    set_column(shop, "location", "A-12", id_row)
    shop.put("stock_availables", row(shop, id_row))
    assert column(shop, "location", id_row) == ""


@located
def test_put_with_location_keeps_it(shop: Shop) -> None:
    id_row = shop.stock_row(2)
    shop.put("stock_availables", row(shop, id_row, location="A-12"))
    assert column(shop, "location", id_row) == "A-12"


@modern
def test_patch_keeps_what_was_not_sent(shop: Shop) -> None:
    id_row = shop.stock_row(4)
    set_column(shop, "location", "B-7", id_row)
    before = column(shop, "quantity", id_row)
    answer = shop.patch("stock_availables", f"<s><id>{id_row}</id><out_of_stock>0</out_of_stock></s>")
    assert (answer.status_code, flag(shop, id_row)) == (200, 0)
    assert (column(shop, "location", id_row), column(shop, "quantity", id_row)) == ("B-7", before)


@every
@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"quantity": None}, 400, 41),
        ({"out_of_stock": None}, 400, 41),
        ({"id": None}, 400, 90),
        ({"quantity": "abc"}, 400, 85),
        ({"quantity": ""}, 400, 85),
        ({"id": 99_999}, 404, 92),
    ],
)
def test_what_is_wrong_in_a_put_is_told(shop: Shop, changed: dict[str, object], status: int, code: int) -> None:
    id_row = shop.stock_row(5)
    before = flag(shop, id_row)
    answer = shop.put(f"stock_availables/{id_row}", row(shop, id_row, **{"out_of_stock": 1 - before % 2, **changed}))
    assert (answer.status_code, codes(answer)) == (status, [code])
    assert flag(shop, id_row) == before


@pytest.mark.parametrize(("shop", "code"), [(OLD, 127), (SEVEN, 3), (EIGHT, 127), (NINE, 127)], indirect=["shop"])
@pytest.mark.parametrize("body", ["", "<prestashop>", '{"stock_available":{"id":1}}', "<a><b xlink:href='x'/></a>"])
def test_a_body_that_is_no_xml_is_500(shop: Shop, code: int, body: str) -> None:
    answer = shop.client.put("stock_availables/1", content=body)
    assert (answer.status_code, codes(answer)[0]) == (500, code)


@every
def test_any_number_is_taken_as_flag(shop: Shop) -> None:
    id_row = shop.stock_row(7)
    assert shop.put("stock_availables", row(shop, id_row, out_of_stock=9)).status_code == 200
    assert flag(shop, id_row) == 9


@differing
def test_a_row_that_the_warehouse_keeps_is_refused_before_9(shop: Shop) -> None:
    id_row = shop.stock_row(18)
    set_column(shop, "out_of_stock", 2, id_row)
    answer = shop.put("stock_availables", row(shop, id_row, out_of_stock=1))
    if shop.version == NINE:
        assert (answer.status_code, flag(shop, id_row)) == (200, 1)
    else:
        assert (answer.status_code, codes(answer), flag(shop, id_row)) == (500, [133, 46], 2)


@every
def test_several_rows_in_one_body_are_all_written(shop: Shop) -> None:
    rows = [shop.stock_row(8), shop.stock_row(10)]
    answer = shop.put("stock_availables", "".join(row(shop, one, out_of_stock=1) for one in rows))
    assert (answer.status_code, [flag(shop, one) for one in rows]) == (200, [1, 1])
    assert len(re.findall("<stock_available>", answer.text)) == 2


@every
def test_the_first_refused_row_ends_a_body(shop: Shop) -> None:
    rows = [shop.stock_row(11), shop.stock_row(13), shop.stock_row(14)]
    for one in rows:
        set_column(shop, "out_of_stock", 2, one)
    changes: list[dict[str, object]] = [{"out_of_stock": 1}, {"out_of_stock": "often"}, {"out_of_stock": 1}]
    sent = [row(shop, one, **change) for one, change in zip(rows, changes, strict=True)]
    answer = shop.put("stock_availables", "".join(sent))
    assert (answer.status_code, [flag(shop, one) for one in rows]) == (400, [1, 2, 2])


@every
def test_a_body_naming_a_row_twice_writes_nothing(shop: Shop) -> None:
    id_row = shop.stock_row(16)
    before = flag(shop, id_row)
    answer = shop.put("stock_availables", row(shop, id_row, out_of_stock=9) * 2)
    assert (answer.status_code, codes(answer), flag(shop, id_row)) == (400, [89], before)


@every
def test_a_body_without_rows_is_answered_as_if_well(shop: Shop) -> None:
    assert shop.put("stock_availables/1", "").status_code == 200


@every
def test_the_id_in_the_body_counts_not_that_in_the_address(shop: Shop) -> None:
    one, other = shop.stock_row(17), shop.stock_row(19)
    set_column(shop, "out_of_stock", 2, one)
    shop.put(f"stock_availables/{one}", row(shop, other, out_of_stock=9))
    assert (flag(shop, one), flag(shop, other)) == (2, 9)


@every
def test_a_combination_row_makes_the_product_row_the_sum(shop: Shop) -> None:
    rows = [one for (one,) in shop.sql("SELECT id_stock_available FROM ps_stock_available WHERE id_product = 6")]
    first = shop.stock_row(6, 0)
    combinations = sorted(set(rows) - {first})
    for place, one in enumerate(combinations, start=1):
        set_column(shop, "quantity", place * 10, one)
    set_column(shop, "quantity", 5, first)
    shop.put("stock_availables", row(shop, combinations[0], out_of_stock=1))
    assert column(shop, "quantity", first) == 10 + 20 + 30


@every
def test_a_put_takes_quantities_back_to_what_was_read(shop: Shop) -> None:
    id_row = shop.stock_row(20)
    read = row(shop, id_row, out_of_stock=1)
    set_column(shop, "quantity", 3, id_row)  # a customer bought meanwhile
    shop.put("stock_availables", read)
    assert column(shop, "quantity", id_row) != 3


@every
def test_a_stock_write_leaves_the_products_date(shop: Shop) -> None:
    date = "SELECT date_upd FROM ps_product WHERE id_product = 22"
    shop.sql("UPDATE ps_product SET date_upd = '2020-02-02 02:02:02' WHERE id_product = 22")
    shop.put("stock_availables", row(shop, shop.stock_row(22), out_of_stock=1))
    assert str(shop.one(date)) == "2020-02-02 02:02:02"


@every
def test_the_answer_can_be_json(shop: Shop) -> None:
    id_row = shop.stock_row(23)
    answer = shop.put("stock_availables", row(shop, id_row), output_format="JSON")
    assert answer.json()["stock_available"]["id"] == id_row
