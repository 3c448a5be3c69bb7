"""Writing through the Webservice: what is sent, in which order, what is kept and what is left."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from demo.servers import MariaDb
from demo.webservice import Request
from tests.prestashop.bench import flag_change, now_change, quantity_change, text_change
from tests.prestashop.conftest import synthetic
from tests.prestashop.webservice.conftest import Remote, Serve


def test_one_request_a_product_for_all_its_texts_and_one_a_stock_row(own: Remote) -> None:
    own.bench.sql("UPDATE ps_product_lang SET available_now = 'a', available_later = 'b' WHERE id_product = 3")
    changes = [
        now_change(3, "a", "od ręki"),
        *(text_change(3, "b", "po", id_lang) for id_lang in (1, 2)),
        *(flag_change(3, "2", "1", attribute) for attribute in (0, 1, 2)),
    ]
    assert own.words(*changes) == ["written"] * 6
    assert [(method, resource) for method, resource, _ in own.written()] == [
        ("PATCH", "products"), *[("PATCH", "stock_availables")] * 3,
    ]  # fmt: skip
    assert own.bench.flags(3) == {0: 1, 1: 1, 2: 1, 3: 2, 4: 2}
    assert (own.bench.text(3, 1), own.bench.text(3, 2)) == ("po", "po")


@pytest.mark.slow
def test_texts_come_before_stock_and_the_products_own_row_last(own: Remote) -> None:
    own.bench.set_text(3, "")
    own.words(*(flag_change(3, "2", "1", attribute) for attribute in (0, 2, 1)), text_change(3, "", "po"))
    rows = own.bench.stock("id_stock_available", 3)
    assert [number for _, _, number in own.written()] == [3, rows[1], rows[2], rows[0]]


def test_languages_that_are_not_changed_keep_their_texts(own: Remote) -> None:
    own.bench.sql("UPDATE ps_product_lang SET available_later = concat('t', id_lang) WHERE id_product = 1")
    own.bench.sql("UPDATE ps_lang SET active = 0 WHERE id_lang = 2")
    assert own.words(text_change(1, "t1", "po")) == ["written"]
    assert (own.bench.text(1, 1), own.bench.text(1, 2)) == ("po", "t2")


@pytest.mark.slow
def test_what_people_change_while_a_slow_shop_is_written_is_left(own: Remote, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.prestashop.webservice.writing.FRESH_SECONDS", -1)
    own.bench.sql("UPDATE ps_product_lang SET available_later = ''")
    own.bench.set_stock(8, out_of_stock=2)

    def people(request: Request) -> None:
        if request.method != "GET":
            own.service.fault = None
            own.bench.set_text(7, "Soon", 2)
            own.bench.set_stock(8, out_of_stock=0)

    own.service.fault = people
    changes = [*(text_change(number, "", "po") for number in (1, 2, 4, 5, 6, 7, 8)), flag_change(8, "2", "1")]
    assert own.words(*changes) == ["written"] * 7 + ["left"]
    assert (own.bench.text(7, 1), own.bench.text(7, 2), own.bench.flags(8)) == ("po", "Soon", {0: 0})


@pytest.mark.slow
@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_languages_of_other_shops_keep_what_combinations_hold_in_them(own: Remote, method: str) -> None:
    own.service.permissions["combinations"] = frozenset(("GET", method))
    own.bench.sql("INSERT INTO ps_lang (id_lang, name, active, iso_code, language_code, locale)"
                   " VALUES (12, 'Deutsch', 1, 'de', 'de', 'de-DE')")  # fmt: skip
    own.bench.sql("INSERT INTO ps_product_attribute_lang (id_product_attribute, id_lang, available_later)"
                   " VALUES (1, 12, 'Lieferung in 3 Tagen')")  # fmt: skip
    assert own.words(text_change(3, None, "po", 1, 1)) == ["written"]
    held = "SELECT available_later FROM ps_product_attribute_lang WHERE id_product_attribute = 1 AND id_lang = 12"
    assert own.bench.one(held) == "Lieferung in 3 Tagen"


def test_a_text_that_is_null_is_an_empty_one(own: Remote) -> None:
    own.bench.set_text(1, None)
    own.bench.set_text(2, None)
    own.bench.set_text(4, "x")
    changes = [text_change(1, None, "po"), text_change(2, "", "po"), text_change(4, "x", None)]
    assert own.words(*changes) == ["written"] * 3
    assert (own.bench.text(1), own.bench.text(2), own.bench.text(4)) == ("po", "po", "")


@pytest.mark.slow
def test_what_is_there_already_costs_no_write(own: Remote) -> None:
    own.bench.set_text(1, "po")
    own.bench.set_stock(1, out_of_stock=1)
    assert own.words(text_change(1, "", "po"), flag_change(1, "2", "1")) == ["already"] * 2
    assert own.written() == []


@pytest.mark.slow
def test_somebody_elses_value_and_missing_rows_are_told(own: Remote) -> None:
    own.bench.set_text(1, "ręcznie")
    own.bench.sql("DELETE FROM ps_stock_available WHERE id_product = 2")
    outcomes = own.apply(
        text_change(1, "", "po"), flag_change(1, "2", "1"), flag_change(2, "2", "1"), text_change(999, "", "po"),
        text_change(1, "", "po", 1, 2),
    )  # fmt: skip
    assert [(one.outcome, one.found, one.message) for one in outcomes] == [
        ("left", "ręcznie", None),
        ("written", None, None),
        ("failed", None, "row missing"),
        ("failed", None, "row missing"),
        ("failed", None, "row missing"),  # that combination is another product's
    ]
    assert own.bench.text(1) == "ręcznie"


@pytest.mark.slow
def test_rows_of_the_scope_that_does_not_count_stay(mariadb: MariaDb, tmp_path: Path, serve: Serve) -> None:
    sharing = synthetic(mariadb, "8.2.1", tmp_path, share_stock=True)
    sharing.sql("INSERT IGNORE INTO ps_stock_available (id_product, id_product_attribute, id_shop, id_shop_group,"
                " out_of_stock) VALUES (1, 0, 1, 0, 2)")  # fmt: skip
    sharing.set_stock(1, out_of_stock=2)
    assert serve(sharing).words(flag_change(1, "2", "1")) == ["written"]
    assert (sharing.flags(1, 0, 1), sharing.flags(1, 1, 0)) == ({0: 1}, {0: 2})


def test_a_put_keeps_everything_else(old_shop: Remote) -> None:
    bench = old_shop.bench
    columns = ["quantity", "id_shop", "id_shop_group", "depends_on_stock"]
    if bench.sql("SHOW COLUMNS FROM ps_stock_available LIKE 'location'"):
        bench.sql("UPDATE ps_stock_available SET location = 'A-12'")
        columns.append("location")
    kept = f"SELECT {', '.join(columns)} FROM ps_stock_available WHERE id_product = 1"
    bench.sql("UPDATE ps_product_lang SET description = %s", "<p>a</p>\r\n<p>ł</p>")
    columns_kept = "active, date_add, price, reference, ean13, description"
    product = f"SELECT {columns_kept} FROM ps_product JOIN ps_product_lang USING (id_product)"
    before = bench.sql(kept), bench.sql(f"{product} WHERE id_product = 1")
    bench.set_text(1, "t")
    bench.set_stock(1, out_of_stock=2)
    assert old_shop.words(text_change(1, "t", "po"), flag_change(1, "2", "1")) == ["written"] * 2
    assert (bench.text(1), bench.flags(1)) == ("po", {0: 1})
    assert (bench.sql(kept), bench.sql(f"{product} WHERE id_product = 1")) == before
    assert [method for method, _, _ in old_shop.written()] == ["PUT", "PUT"]


@pytest.mark.slow
def test_a_key_without_patch_puts(own: Remote) -> None:
    for resource in ("products", "stock_availables", "combinations"):
        own.service.permissions[resource] = frozenset(("GET", "PUT"))
    own.bench.sql("UPDATE ps_product_attribute_lang SET available_later = 't'")
    own.bench.sql("UPDATE ps_product_attribute SET reference = 'R' WHERE id_product_attribute = 1")
    assert own.words(text_change(3, "t", "po", 1, 1), flag_change(3, "2", "1")) == ["written"] * 2
    assert [method for method, _, _ in own.written()] == ["PUT", "PUT"]
    assert own.bench.one("SELECT reference FROM ps_product_attribute WHERE id_product_attribute = 1") == "R"


@pytest.mark.slow
def test_what_changed_between_the_look_and_the_put_is_left(old_shop: Remote) -> None:
    old_shop.bench.set_stock(1, out_of_stock=2)

    def meanwhile(request: Request) -> None:
        if request.id and request.method == "GET":
            old_shop.bench.set_stock(1, out_of_stock=0)

    old_shop.service.fault = meanwhile
    (outcome,) = old_shop.apply(flag_change(1, "2", "1"))
    assert (outcome.outcome, outcome.found, old_shop.written()) == ("left", "0", [])


def test_the_shop_sums_the_pieces_of_a_product_itself(own: Remote) -> None:
    own.bench.set_stock(3, quantity=1, out_of_stock=2)
    own.bench.sql("UPDATE ps_stock_available SET quantity = 4 WHERE id_product = 3 AND id_product_attribute = 0")
    changes = [quantity_change(3, 4, 10), quantity_change(3, 1, 7, 1), flag_change(3, "2", "0"),
               *(flag_change(3, "2", "0", attribute) for attribute in range(1, 5))]  # fmt: skip
    assert set(own.words(*changes)) == {"written"}
    assert (own.bench.stock("quantity", 3), set(own.bench.flags(3).values())) == (
        {0: 10, 1: 7, 2: 1, 3: 1, 4: 1}, {0},
    )  # fmt: skip
    bodies = [one.body for one in own.service.requests if one.method == "PATCH"]
    assert [b"quantity" in body for body in bodies] == [True, False, False, False, False]


@pytest.mark.slow
def test_pieces_that_a_customer_takes_just_before_they_are_written_are_left(own: Remote) -> None:
    own.bench.set_stock(1, quantity=10, out_of_stock=2)

    def customer(request: Request) -> None:
        if request.method == "GET" and request.id:
            own.bench.set_stock(1, quantity=9)

    own.service.fault = customer
    outcomes = own.apply(quantity_change(1, 10, 25), flag_change(1, "2", "0"))
    assert [(one.outcome, one.found) for one in outcomes] == [("left", "9"), ("written", None)]
    assert (own.bench.stock("quantity", 1), own.bench.flags(1)) == ({0: 9}, {0: 0})


@pytest.mark.slow
def test_pieces_that_a_customer_took_since_were_written(own: Remote) -> None:
    own.bench.set_stock(1, quantity=0)

    def customer(request: Request) -> None:
        if request.method == "GET" and any(one.method == "PATCH" for one in own.service.requests):
            own.bench.set_stock(1, quantity=9)

    own.service.fault = customer
    assert own.words(quantity_change(1, 0, 10)) == ["written"]


@pytest.mark.slow
@pytest.mark.slow
@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_a_product_is_saved_for_its_date(own: Remote, method: str) -> None:
    own.service.permissions["products"] = frozenset(("GET", method))
    kept = "SELECT coalesce(available_later, ''), name FROM ps_product_lang WHERE id_product = 1"
    before = own.bench.sql(kept)
    own.bench.sql("UPDATE ps_product SET date_upd = '2020-01-01'")
    own.bench.sql("DELETE FROM ps_product_shop WHERE id_product = 4")
    with own.open() as opened:
        opened.touch([1, 2, 4])
    assert own.bench.sql("SELECT 1 FROM ps_product_shop WHERE id_product = 4") == []
    dates = "SELECT id_product FROM ps_product WHERE date_upd > '2020-01-01'"
    assert (sorted(own.bench.sql(dates)), own.bench.sql(kept)) == ([(1,), (2,)], before)


@pytest.mark.slow
def test_products_are_written_at_once_and_the_rows_of_one_never(own: Remote) -> None:
    own.service.delay = 0.01
    changes = [flag_change(3, "2", "1", attribute) for attribute in range(5)]
    changes += [flag_change(number, str(own.bench.flags(number)[0]), "1") for number in (1, 2, 5, 6, 7, 8)]
    own.words(*changes)
    rows = set(own.bench.stock("id_stock_available", 3).values())
    spans = sorted((one.started, one.ended) for one in own.service.requests if one.id in rows)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
