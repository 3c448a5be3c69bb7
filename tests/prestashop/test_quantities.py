"""What is written in quantities mode only: pieces, and the text beside them, together with flags and other texts."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.prestashop.bench import Apply, Bench, flag_change, now_change, quantity_change, text_change

LONGEST_SECONDS = 60


def wait_until_it_waits(bench: Bench) -> None:
    """Until a transaction on the server waits for a row that another one holds."""
    deadline = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < deadline:
        if bench.sql("SELECT 1 FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'"):
            return
        time.sleep(0.2)  # asked again within 0.1 s, InnoDB answers with what it knew before
    raise AssertionError(f"nobody came to the locked row within {LONGEST_SECONDS} s")


def test_fields_of_one_row_are_written_beside_each_other(apply: Apply, bench: Bench) -> None:
    bench.set_stock(3, quantity=0, out_of_stock=2)
    bench.sql("UPDATE ps_product_lang SET available_now = 'a', available_later = 'b' WHERE id_product = 3")
    with bench.open() as shop:
        words = apply.words(
            shop,
            now_change(3, "a", "na stanie"),
            text_change(3, "b", "później"),
            *(quantity_change(3, 0, 5, attribute) for attribute in (0, 1)),
            *(flag_change(3, "2", "0", attribute) for attribute in (0, 1)),
        )
    assert set(words) == {"written"}
    assert bench.sql(
        "SELECT available_now, available_later FROM ps_product_lang WHERE id_product = 3 ORDER BY id_lang"
    ) == [("na stanie", "później"), ("a", "b")]
    held = bench.stock("quantity", 3), bench.flags(3)
    assert [(quantities[0], quantities[1], quantities[2]) for quantities in held] == [(5, 5, 0), (0, 0, 2)]


def test_a_field_of_someone_else_leaves_the_other_fields_of_its_row(apply: Apply, bench: Bench) -> None:
    bench.set_stock(1, quantity=3, out_of_stock=1)
    bench.sql("UPDATE ps_product_lang SET available_now = 'ręcznie', available_later = '' WHERE id_product = 1")
    changes = [now_change(1, "", "a"), text_change(1, "", "b"), quantity_change(1, 3, 4), flag_change(1, "2", "0")]
    with bench.open() as shop:
        assert apply.words(shop, *changes) == ["left", "written", "written", "left"]
    assert (bench.text(1), bench.stock("quantity", 1), bench.flags(1)) == ("b", {0: 4}, {0: 1})


def test_a_purchase_since_the_plan_is_left(apply: Apply, bench: Bench) -> None:
    bench.set_stock(1, quantity=9, physical_quantity=10, reserved_quantity=1)
    with bench.open() as shop:
        (outcome,) = apply(shop, quantity_change(1, 10, 25))
    assert (outcome.outcome, outcome.found) == ("left", "9")
    assert (bench.stock("quantity", 1), bench.stock("physical_quantity", 1)) == ({0: 9}, {0: 10})


def test_what_is_on_the_shelf_is_what_may_be_sold_and_what_is_ordered(apply: Apply, bench: Bench) -> None:
    bench.set_stock(1, quantity=-2, physical_quantity=0, reserved_quantity=2)
    with bench.open() as shop:
        assert apply.words(shop, quantity_change(1, -2, 30)) == ["written"]
    assert (bench.stock("quantity", 1), bench.stock("physical_quantity", 1)) == ({0: 30}, {0: 32})


def test_a_row_that_holds_its_quantity_already_is_not_touched(apply: Apply, bench: Bench) -> None:
    bench.set_stock(1, quantity=7, physical_quantity=99, reserved_quantity=0)
    bench.set_stock(2, quantity=1)
    with bench.open() as shop:
        assert apply.words(shop, quantity_change(1, 7, 7), quantity_change(2, 1, 2)) == ["already", "written"]
    assert bench.stock("physical_quantity", 1) == {0: 99}


def test_a_shop_without_a_shelf_has_its_quantity_written(apply: Apply, old: Bench) -> None:
    old.set_stock(1, quantity=0)
    with old.open() as shop:
        assert apply.words(shop, quantity_change(1, 0, 2**31 - 1)) == ["written"]
    assert old.stock("quantity", 1) == {0: 2**31 - 1}


def test_a_sharing_group_has_its_own_quantities_written(apply: Apply, sharing: Bench) -> None:
    sharing.sql("INSERT IGNORE INTO ps_stock_available (id_product, id_product_attribute, id_shop, id_shop_group)"
                " VALUES (1, 0, 1, 0)")  # fmt: skip
    sharing.set_stock(1, quantity=4)
    with sharing.open() as shop:
        assert apply.words(shop, quantity_change(1, 4, 8)) == ["written"]
    assert (sharing.stock("quantity", 1, 0, 1), sharing.stock("quantity", 1, 1, 0)) == ({0: 8}, {0: 4})


def test_more_pieces_than_the_shelf_can_hold_fail_the_whole_window(apply: Apply, bench: Bench) -> None:
    bench.set_stock(1, quantity=0, reserved_quantity=1)
    bench.set_text(1, "przed")
    with bench.open() as shop:
        words = apply.words(shop, text_change(1, "przed", "po"), quantity_change(1, 0, 2**31 - 1))
    assert (words, bench.text(1), bench.stock("quantity", 1)) == (["failed", "failed"], "przed", {0: 0})


def test_texts_beside_the_pieces_of_a_combination(apply: Apply, bench: Bench) -> None:
    bench.sql("UPDATE ps_product_attribute_lang SET available_now = 'a', available_later = 'b'")
    with bench.open() as shop:
        assert apply.words(shop, now_change(3, "a", "od ręki", 1), text_change(3, "c", "po", 1, 1)) == [
            "written", "left",
        ]  # fmt: skip
    assert bench.sql("SELECT id_lang, available_now, available_later FROM ps_product_attribute_lang"
                     " WHERE id_product_attribute = 1") == [(1, "od ręki", "b"), (2, "a", "b")]  # fmt: skip


@pytest.mark.parametrize("before", ["od ręki ", "Od ręki", "od reki"])
def test_almost_the_same_text_beside_the_pieces_is_another(apply: Apply, bench: Bench, before: str) -> None:
    bench.sql("UPDATE ps_product_lang SET available_now = 'od ręki' WHERE id_product = 1")
    with bench.open() as shop:
        assert apply.words(shop, now_change(1, before, "po")) == ["left"]


def test_an_order_that_goes_through_the_rows_in_their_order_is_not_stopped(apply: Apply, bench: Bench) -> None:
    for id_product in (1, 5):
        bench.set_stock(id_product, quantity=5, out_of_stock=2)
    # many rows, so that of two transactions that wait for each other the customer's would be the one to fail
    bench.sql("UPDATE ps_product_lang SET available_later = 'przed'")
    texts = [text_change(id_product, "przed", "po") for id_product in range(1, 60)]
    buy = "UPDATE ps_stock_available SET quantity = quantity - 1 WHERE id_product = %s AND id_shop = 1"
    with (
        bench.open(lock_wait_seconds=LONGEST_SECONDS) as shop,
        ThreadPoolExecutor(1) as pool,
        bench.server.connect(bench.database) as customer,
        customer.cursor() as cursor,
    ):
        cursor.execute(buy, (1,))
        writing = pool.submit(apply.words, shop, *texts, quantity_change(5, 5, 6), flag_change(1, "2", "0"))
        wait_until_it_waits(bench)
        cursor.execute(buy, (5,))
        customer.commit()
        assert writing.result()[-2:] == ["left", "written"]
    assert (bench.stock("quantity", 5), bench.flags(1)) == ({0: 4}, {0: 0})
