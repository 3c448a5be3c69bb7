"""Other people in the same rows: locks, deadlocks, and servers that don't let us lock."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pymysql
import pytest
from pymysql.connections import Connection

from tasks.errors import UnreachableError
from tasks.prestashop import database
from tasks.prestashop.session import Session
from tests.prestashop.bench import Bench, flag_change, text_change


@pytest.fixture
def customer(bench: Bench) -> Iterator[Connection[Any]]:
    """Somebody else's connection, with a transaction of its own."""
    with bench.server.connect(bench.database) as connection:
        yield connection


def hold(connection: Connection[Any], statement: str) -> None:
    """Run a statement and keep its locks."""
    with connection.cursor() as cursor:
        cursor.execute(statement)


STOCK_OF_1 = "UPDATE ps_stock_available SET quantity = quantity - 1 WHERE id_product = 1"


def test_rows_of_a_window_stay_locked_until_its_commit(bench: Bench, customer: Connection[Any]) -> None:
    with bench.open() as shop, shop.session.transaction():
        shop.session.rows("held_flags", {"ids": (1,), "stock_shop": 1, "stock_group": 0}, lock=True)
        with pytest.raises(pymysql.err.OperationalError, match="1205"):
            hold(customer, "SELECT * FROM ps_stock_available WHERE id_product = 1 FOR UPDATE NOWAIT")


def test_a_window_locks_no_other_product(bench: Bench, customer: Connection[Any]) -> None:
    with bench.open() as shop, shop.session.transaction():
        values = {"ids": (1,), "stock_shop": 1, "stock_group": 0, "id_shop": 1, "languages": (1, 2)}
        shop.session.rows("held_texts", values, lock=True)
        shop.session.rows("held_flags", values, lock=True)
        hold(customer, "SELECT * FROM ps_stock_available WHERE id_product BETWEEN 2 AND 60 FOR UPDATE NOWAIT")
        hold(customer, "SELECT * FROM ps_product_lang WHERE id_product BETWEEN 2 AND 60 FOR UPDATE NOWAIT")


def test_rows_that_become_free_are_written_at_another_attempt(
    bench: Bench, customer: Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    hold(customer, STOCK_OF_1)
    monkeypatch.setattr(database.time, "sleep", lambda _: customer.rollback())  # the pause before the next attempt
    with bench.open() as shop:
        found = shop.apply_window([text_change(1, "", "po"), flag_change(1, "2", "1")])
    assert [outcome.outcome for outcome in found] == ["written", "written"]


def test_rows_that_stay_locked_are_told_and_nothing_is_written(
    bench: Bench, customer: Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    hold(customer, STOCK_OF_1)
    monkeypatch.setattr(database, "ATTEMPTS", 1)
    with bench.open() as shop, pytest.raises(UnreachableError, match="products 1 to 1 stayed locked"):
        shop.apply_window([text_change(1, "", "po"), flag_change(1, "2", "1")])
    assert bench.text(1) == ""


def test_a_deadlock_is_tried_again_as_a_whole_window(bench: Bench, customer: Connection[Any]) -> None:
    # the customer changes more rows than we do, so that the server picks our window as the victim
    hold(customer, "UPDATE ps_stock_available SET quantity = quantity + 1")

    def ask_for_our_texts_once_we_wait() -> None:
        while not bench.one("SELECT count(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'"):
            pass
        hold(customer, "UPDATE ps_product_lang SET name = 'x' WHERE id_product = 1")
        customer.commit()

    other = threading.Thread(target=ask_for_our_texts_once_we_wait)
    other.start()
    with bench.open() as shop:
        found = shop.apply_window([text_change(1, "", "po"), flag_change(1, "2", "1")])
    other.join()
    assert [outcome.outcome for outcome in found] == ["written", "written"]
    assert bench.one("SELECT name FROM ps_product_lang WHERE id_product = 1 AND id_lang = 1") == "x"


@pytest.fixture
def unlocked(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that refuses to lock rows for a user with column grants."""
    rows = Session.rows

    def refuse(self: Session, name: str, values: Any = None, *, lock: bool = False) -> Any:
        if lock:
            raise pymysql.err.OperationalError(1142, "SELECT, LOCK TABLES command denied")
        return rows(self, name, values)

    monkeypatch.setattr(Session, "rows", refuse)


@pytest.mark.usefixtures("unlocked")
def test_without_locks_the_same_is_written_and_left(bench: Bench) -> None:
    bench.set_text(2, "Ręcznie")
    changes = [
        text_change(1, "", "po"),
        text_change(2, "ręcznie", "po"),
        text_change(4, None, "po"),
        text_change(4, "", "po", 2),
        flag_change(1, "2", "1"),
        flag_change(2, "0", "1"),
    ]
    with bench.open() as shop:
        found = [outcome.outcome for outcome in shop.apply_window(changes)]
    assert found == ["written", "left", "written", "left", "written", "left"]


@pytest.mark.usefixtures("unlocked")
def test_without_locks_a_change_between_reading_and_writing_is_left(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = Session.write

    def late(self: Session, *arguments: Any, **named: Any) -> None:
        bench.set_text(1, "W ostatniej chwili")
        write(self, *arguments, **named)

    monkeypatch.setattr(Session, "write", late)
    with bench.open() as shop:
        found = shop.apply_window([text_change(1, "", "po"), text_change(2, "", "po")])
    assert [(outcome.outcome, outcome.found) for outcome in found] == [
        ("left", "W ostatniej chwili"),
        ("written", None),
    ]
    assert (bench.text(1), bench.text(2)) == ("W ostatniej chwili", "po")
