"""Writing through the Webservice: what is sent, what is left, what is put back, and what an unknown answer leads to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import count, pairwise
from pathlib import Path

import pytest
from pydantic import SecretStr

from blocks import PrestashopWebservice
from demo.servers import MariaDb
from demo.webservice import Fault, Request, Webservice, faults, start_webservice
from tasks.errors import Refused, UnreachableError
from tasks.prestashop.model import Change, Outcome
from tasks.prestashop.webservice.shop import open_webservice
from tests.prestashop.bench import Bench, flag_change, now_change, quantity_change, text_change
from tests.prestashop.conftest import synthetic

OLD = ("1.6.1.24", "1.7.8.11")


@dataclass
class Shop:
    """A shop with its stand-in, written by the room's writer, and looked at past it."""

    bench: Bench
    service: Webservice

    def apply(self, *changes: Change) -> list[Outcome]:
        """Apply the changes in one window; the requests of it alone are kept."""
        with open_webservice(self.block()) as shop:
            self.service.requests.clear()
            return shop.apply_window(changes)

    def block(self) -> PrestashopWebservice:
        """The shop's block."""
        key = SecretStr(self.service.key)
        return PrestashopWebservice(
            integration_id=7, base_url=self.service.url, api_key=key, product_listing_enabled=True
        )

    def words(self, *changes: Change) -> list[str]:
        """What came of each, in a word."""
        return [one.outcome for one in self.apply(*changes)]

    def written(self) -> list[tuple[str, str, int | None]]:
        """The writes that came, in their order."""
        return [(one.method, one.resource, one.id) for one in self.service.requests if one.method != "GET"]


Open = Callable[[Bench], Shop]


@pytest.fixture
def served() -> Iterator[Open]:
    """Give a shop its Webservice."""
    with ExitStack() as stack:

        def serve(bench: Bench) -> Shop:
            return Shop(bench, stack.enter_context(start_webservice(bench.server, bench.database)))

        yield serve


@pytest.fixture
def shop(bench: Bench, served: Open) -> Shop:
    return served(bench)


@pytest.fixture(params=[pytest.param(OLD[0], marks=pytest.mark.slow), OLD[1]])
def old_shop(request: pytest.FixtureRequest, mariadb: MariaDb, tmp_path: Path, served: Open) -> Shop:
    """Shops without PATCH."""
    return served(synthetic(mariadb, request.param, tmp_path))


def test_one_request_a_product_for_all_its_texts_and_one_a_stock_row(shop: Shop) -> None:
    shop.bench.sql("UPDATE ps_product_lang SET available_now = 'a', available_later = 'b' WHERE id_product = 3")
    changes = [
        now_change(3, "a", "od ręki"),
        *(text_change(3, "b", "po", id_lang) for id_lang in (1, 2)),
        *(flag_change(3, "2", "1", attribute) for attribute in (0, 1, 2)),
    ]
    assert shop.words(*changes) == ["written"] * 6
    assert [(method, resource) for method, resource, _ in shop.written()] == [
        ("PATCH", "products"), *[("PATCH", "stock_availables")] * 3,
    ]  # fmt: skip
    assert shop.bench.flags(3) == {0: 1, 1: 1, 2: 1, 3: 2, 4: 2}
    assert (shop.bench.text(3, 1), shop.bench.text(3, 2)) == ("po", "po")


@pytest.mark.slow
def test_texts_come_before_stock_and_the_products_own_row_last(shop: Shop) -> None:
    shop.bench.set_text(3, "")
    shop.words(*(flag_change(3, "2", "1", attribute) for attribute in (0, 2, 1)), text_change(3, "", "po"))
    rows = shop.bench.stock("id_stock_available", 3)
    assert [number for _, _, number in shop.written()] == [3, rows[1], rows[2], rows[0]]


def test_languages_that_are_not_changed_keep_their_texts(shop: Shop) -> None:
    shop.bench.sql("UPDATE ps_product_lang SET available_later = concat('t', id_lang) WHERE id_product = 1")
    shop.bench.sql("UPDATE ps_lang SET active = 0 WHERE id_lang = 2")
    assert shop.words(text_change(1, "t1", "po")) == ["written"]
    assert (shop.bench.text(1, 1), shop.bench.text(1, 2)) == ("po", "t2")


@pytest.mark.slow
@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_languages_of_other_shops_keep_what_combinations_hold_in_them(shop: Shop, method: str) -> None:
    shop.service.permissions["combinations"] = frozenset(("GET", method))
    shop.bench.sql("INSERT INTO ps_lang (id_lang, name, active, iso_code, language_code, locale)"
                   " VALUES (12, 'Deutsch', 1, 'de', 'de', 'de-DE')")  # fmt: skip
    shop.bench.sql("INSERT INTO ps_product_attribute_lang (id_product_attribute, id_lang, available_later)"
                   " VALUES (1, 12, 'Lieferung in 3 Tagen')")  # fmt: skip
    assert shop.words(text_change(3, None, "po", 1, 1)) == ["written"]
    held = "SELECT available_later FROM ps_product_attribute_lang WHERE id_product_attribute = 1 AND id_lang = 12"
    assert shop.bench.one(held) == "Lieferung in 3 Tagen"


def test_a_text_that_is_null_is_an_empty_one(shop: Shop) -> None:
    shop.bench.set_text(1, None)
    shop.bench.set_text(2, None)
    shop.bench.set_text(4, "x")
    changes = [text_change(1, None, "po"), text_change(2, "", "po"), text_change(4, "x", None)]
    assert shop.words(*changes) == ["written"] * 3
    assert (shop.bench.text(1), shop.bench.text(2), shop.bench.text(4)) == ("po", "po", "")


@pytest.mark.slow
def test_what_is_there_already_costs_no_write(shop: Shop) -> None:
    shop.bench.set_text(1, "po")
    shop.bench.set_stock(1, out_of_stock=1)
    assert shop.words(text_change(1, "", "po"), flag_change(1, "2", "1")) == ["already"] * 2
    assert shop.written() == []


@pytest.mark.slow
def test_somebody_elses_value_and_missing_rows_are_told(shop: Shop) -> None:
    shop.bench.set_text(1, "ręcznie")
    shop.bench.sql("DELETE FROM ps_stock_available WHERE id_product = 2")
    outcomes = shop.apply(
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
    assert shop.bench.text(1) == "ręcznie"


@pytest.mark.slow
def test_rows_of_the_scope_that_does_not_count_stay(mariadb: MariaDb, tmp_path: Path, served: Open) -> None:
    sharing = synthetic(mariadb, "8.2.1", tmp_path, share_stock=True)
    sharing.sql("INSERT IGNORE INTO ps_stock_available (id_product, id_product_attribute, id_shop, id_shop_group,"
                " out_of_stock) VALUES (1, 0, 1, 0, 2)")  # fmt: skip
    sharing.set_stock(1, out_of_stock=2)
    assert served(sharing).words(flag_change(1, "2", "1")) == ["written"]
    assert (sharing.flags(1, 0, 1), sharing.flags(1, 1, 0)) == ({0: 1}, {0: 2})


def test_a_put_keeps_everything_else(old_shop: Shop) -> None:
    bench = old_shop.bench
    columns = ["quantity", "id_shop", "id_shop_group", "depends_on_stock"]
    if bench.sql("SHOW COLUMNS FROM ps_stock_available LIKE 'location'"):
        bench.sql("UPDATE ps_stock_available SET location = 'A-12'")
        columns.append("location")
    kept = f"SELECT {', '.join(columns)} FROM ps_stock_available WHERE id_product = 1"
    product = "SELECT active, date_add, price, reference, ean13 FROM ps_product JOIN ps_product_lang USING (id_product)"
    before = bench.sql(kept), bench.sql(f"{product} WHERE id_product = 1")
    bench.set_text(1, "t")
    bench.set_stock(1, out_of_stock=2)
    assert old_shop.words(text_change(1, "t", "po"), flag_change(1, "2", "1")) == ["written"] * 2
    assert (bench.text(1), bench.flags(1)) == ("po", {0: 1})
    assert (bench.sql(kept), bench.sql(f"{product} WHERE id_product = 1")) == before
    assert [method for method, _, _ in old_shop.written()] == ["PUT", "PUT"]


@pytest.mark.slow
def test_a_key_without_patch_puts(shop: Shop) -> None:
    for resource in ("products", "stock_availables", "combinations"):
        shop.service.permissions[resource] = frozenset(("GET", "PUT"))
    shop.bench.sql("UPDATE ps_product_attribute_lang SET available_later = 't'")
    shop.bench.sql("UPDATE ps_product_attribute SET reference = 'R' WHERE id_product_attribute = 1")
    assert shop.words(text_change(3, "t", "po", 1, 1), flag_change(3, "2", "1")) == ["written"] * 2
    assert [method for method, _, _ in shop.written()] == ["PUT", "PUT"]
    assert shop.bench.one("SELECT reference FROM ps_product_attribute WHERE id_product_attribute = 1") == "R"


@pytest.mark.slow
def test_what_changed_between_the_look_and_the_put_is_left(old_shop: Shop) -> None:
    old_shop.bench.set_stock(1, out_of_stock=2)

    def meanwhile(request: Request) -> None:
        if request.id and request.method == "GET":
            old_shop.bench.set_stock(1, out_of_stock=0)

    old_shop.service.fault = meanwhile
    (outcome,) = old_shop.apply(flag_change(1, "2", "1"))
    assert (outcome.outcome, outcome.found, old_shop.written()) == ("left", "0", [])


@pytest.mark.parametrize(
    "fault",
    [faults.ERROR_AFTER, *(pytest.param(one, marks=pytest.mark.slow) for one in (faults.CUT_AFTER, faults.CUT_WITHIN))],
)
def test_a_write_that_came_through_without_an_answer_is_written_once(shop: Shop, fault: Fault) -> None:
    shop.bench.set_text(1, "")
    shop.service.fault = faults.nth(1, fault, "PATCH")
    assert shop.words(text_change(1, "", "po"), flag_change(1, "2", "1")) == ["written"] * 2
    assert [resource for _, resource, _ in shop.written()] == ["products", "stock_availables"]


@pytest.mark.slow
@pytest.mark.parametrize("fault", [faults.ERROR_BEFORE, faults.CUT_BEFORE, faults.UNAVAILABLE])
def test_a_write_that_did_not_come_through_is_tried_again(shop: Shop, fault: Fault) -> None:
    shop.bench.set_text(1, "")
    shop.service.fault = faults.nth(1, fault, "PATCH")
    assert shop.words(text_change(1, "", "po")) == ["written"]
    assert [resource for _, resource, _ in shop.written()] == ["products"] * 2


@pytest.mark.slow
def test_what_a_shop_never_takes_fails_after_a_few_attempts_and_the_rest_goes_on(shop: Shop) -> None:
    shop.bench.sql("UPDATE ps_product_lang SET available_later = '' WHERE id_lang = 1")
    stubborn = faults.each(faults.ERROR_BEFORE, "PATCH", "products")
    shop.service.fault = lambda request: stubborn(request) if request.id == 1 else None
    outcomes = shop.apply(text_change(1, "", "po"), flag_change(1, "2", "1"), text_change(2, "", "po"))
    assert [one.outcome for one in outcomes] == ["failed", "failed", "written"]
    assert "nothing of this product was written" in str(outcomes[0].message)
    assert (shop.bench.text(1), shop.bench.flags(1), shop.bench.text(2)) == ("", {0: 2}, "po")


def test_a_refused_row_fails_with_the_shops_words(shop: Shop) -> None:
    shop.bench.sql("UPDATE ps_product_lang SET available_later = ''")
    shop.bench.sql("UPDATE ps_product_lang SET name = 'Buty #1' WHERE id_product = 1")
    outcomes = shop.apply(text_change(1, "", "po"), flag_change(1, "2", "1"), text_change(2, "", "po"))
    assert [one.outcome for one in outcomes] == ["failed", "failed", "written"]
    assert "Product->name is not valid" in str(outcomes[0].message)
    assert (shop.bench.text(1), shop.bench.flags(1), shop.bench.text(2)) == ("", {0: 2}, "po")


def test_a_sale_ends_also_where_its_text_is_refused(shop: Shop) -> None:
    shop.bench.set_text(1, "Wysyłka za 2 dni")
    shop.bench.sql("UPDATE ps_product_lang SET name = 'Buty #1' WHERE id_product = 1")
    shop.bench.set_stock(1, out_of_stock=1)
    outcomes = shop.apply(text_change(1, "Wysyłka za 2 dni", "Niedostępny"), flag_change(1, "1", "0"))
    assert [one.outcome for one in outcomes] == ["failed", "written"]
    assert "taken off sale" in str(outcomes[0].message)
    assert (shop.bench.text(1), shop.bench.flags(1)) == ("Wysyłka za 2 dni", {0: 0})


def test_flags_that_can_not_be_written_together_are_put_back(shop: Shop) -> None:
    shop.bench.set_text(3, "")
    shop.bench.set_stock(3, out_of_stock=2)
    shop.bench.sql(
        "UPDATE ps_stock_available SET depends_on_stock = 1 WHERE id_product = 3 AND id_product_attribute = 2"
    )
    changes = [text_change(3, "", "po"), *(flag_change(3, "2", "1", attribute) for attribute in range(5))]
    outcomes = shop.apply(*changes)
    assert {one.outcome for one in outcomes} == {"failed"}
    assert "depends on stock" in str(outcomes[0].message)
    assert (set(shop.bench.flags(3).values()), shop.bench.text(3)) == ({2}, "")


def test_the_shop_sums_the_pieces_of_a_product_itself(shop: Shop) -> None:
    shop.bench.set_stock(3, quantity=1, out_of_stock=2)
    shop.bench.sql("UPDATE ps_stock_available SET quantity = 4 WHERE id_product = 3 AND id_product_attribute = 0")
    changes = [quantity_change(3, 4, 10), quantity_change(3, 1, 7, 1), flag_change(3, "2", "0"),
               *(flag_change(3, "2", "0", attribute) for attribute in range(1, 5))]  # fmt: skip
    assert set(shop.words(*changes)) == {"written"}
    assert (shop.bench.stock("quantity", 3), set(shop.bench.flags(3).values())) == (
        {0: 10, 1: 7, 2: 1, 3: 1, 4: 1}, {0},
    )  # fmt: skip
    bodies = [one.body for one in shop.service.requests if one.method == "PATCH"]
    assert [b"quantity" in body for body in bodies] == [True, False, False, False, False]


@pytest.mark.slow
def test_pieces_that_a_customer_takes_just_before_they_are_written_are_left(shop: Shop) -> None:
    shop.bench.set_stock(1, quantity=10, out_of_stock=2)

    def customer(request: Request) -> None:
        if request.method == "GET" and request.id:
            shop.bench.set_stock(1, quantity=9)

    shop.service.fault = customer
    outcomes = shop.apply(quantity_change(1, 10, 25), flag_change(1, "2", "0"))
    assert [(one.outcome, one.found) for one in outcomes] == [("left", "9"), ("written", None)]
    assert (shop.bench.stock("quantity", 1), shop.bench.flags(1)) == ({0: 9}, {0: 0})


@pytest.mark.slow
def test_pieces_that_a_customer_took_since_were_written(shop: Shop) -> None:
    shop.bench.set_stock(1, quantity=0)

    def customer(request: Request) -> None:
        if request.method == "GET" and any(one.method == "PATCH" for one in shop.service.requests):
            shop.bench.set_stock(1, quantity=9)

    shop.service.fault = customer
    assert shop.words(quantity_change(1, 0, 10)) == ["written"]


@pytest.mark.slow
@pytest.mark.parametrize("text", ["Wysyłka <24h", "a=b", "{dni}", "dwa\nwiersze"])
def test_a_text_that_prestashop_would_not_take_is_refused_before_anything_is_written(shop: Shop, text: str) -> None:
    with open_webservice(shop.block()) as opened, pytest.raises(Refused, match="Remove it"):
        opened.apply_window([text_change(1, "", "po"), text_change(2, "", text)])
    assert shop.written() == []


@pytest.mark.slow
def test_a_shop_that_answers_and_writes_nothing_is_left_in_peace(shop: Shop) -> None:
    shop.bench.sql("UPDATE ps_product_lang SET available_later = ''")
    shop.service.fault = faults.each(faults.ERROR_BEFORE, "PATCH")
    with pytest.raises(UnreachableError):
        shop.apply(*(text_change(number, "", "po") for number in range(1, 60)))
    assert len(shop.written()) < 60


@pytest.mark.slow
@pytest.mark.parametrize("method", ["PATCH", "PUT"])
def test_a_product_is_saved_for_its_date(shop: Shop, method: str) -> None:
    shop.service.permissions["products"] = frozenset(("GET", method))
    kept = "SELECT coalesce(available_later, ''), name FROM ps_product_lang WHERE id_product = 1"
    before = shop.bench.sql(kept)
    shop.bench.sql("UPDATE ps_product SET date_upd = '2020-01-01'")
    shop.bench.sql("DELETE FROM ps_product_shop WHERE id_product = 4")
    with open_webservice(shop.block()) as opened:
        opened.touch([1, 2, 4])
    assert shop.bench.sql("SELECT 1 FROM ps_product_shop WHERE id_product = 4") == []
    dates = "SELECT id_product FROM ps_product WHERE date_upd > '2020-01-01'"
    assert (sorted(shop.bench.sql(dates)), shop.bench.sql(kept)) == ([(1,), (2,)], before)


@pytest.mark.slow
def test_a_value_that_the_shop_does_not_keep_has_failed(shop: Shop) -> None:
    shop.bench.sql("CREATE TRIGGER stubborn BEFORE UPDATE ON ps_stock_available FOR EACH ROW SET NEW.out_of_stock = 2")
    (outcome,) = shop.apply(flag_change(1, "2", "1"))
    assert (outcome.outcome, outcome.found) == ("failed", "2")


@pytest.mark.slow
def test_a_shop_that_is_gone_ends_the_window(shop: Shop) -> None:
    shop.service.fault = faults.each(faults.CUT_BEFORE)
    with pytest.raises(UnreachableError):
        shop.apply(flag_change(1, "2", "1"))


def test_what_was_written_before_the_shop_was_gone_is_found_by_the_next_run(shop: Shop) -> None:
    shop.bench.sql("UPDATE ps_product_lang SET available_later = ''")
    changes = [text_change(number, "", "po") for number in range(1, 40)]
    writes = count(1)
    gone = faults.each(faults.CUT_BEFORE)
    shop.service.fault = lambda request: gone(request) if request.method == "PATCH" and next(writes) > 9 else None
    with pytest.raises(UnreachableError):
        shop.apply(*changes)
    shop.service.fault = None
    words = shop.words(*changes)
    assert (set(words), words.count("already")) == ({"already", "written"}, 9)


@pytest.mark.slow
def test_products_are_written_at_once_and_the_rows_of_one_never(shop: Shop) -> None:
    shop.service.delay = 0.01
    changes = [flag_change(3, "2", "1", attribute) for attribute in range(5)]
    changes += [flag_change(number, str(shop.bench.flags(number)[0]), "1") for number in (1, 2, 5, 6, 7, 8)]
    shop.words(*changes)
    rows = set(shop.bench.stock("id_stock_available", 3).values())
    spans = sorted((one.started, one.ended) for one in shop.service.requests if one.id in rows)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
