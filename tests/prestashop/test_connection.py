"""Coming in: what an operator reads when it fails, and the lock that keeps a second run out."""

from __future__ import annotations

import json
from pathlib import Path

import pymysql
import pytest
from pymysql.connections import Connection

from demo.process import free_port
from demo.servers import start_mariadb
from tasks.errors import Busy, UnreachableError, WrongSettingsError
from tasks.prestashop.database.address import address_of
from tasks.prestashop.database.connection import explained
from tasks.prestashop.model import Part, Together
from tests.prestashop.bench import Bench, quantity_change, text_change
from tests.prestashop.conftest import synthetic


def test_a_wrong_password_is_told_without_it(still: Bench) -> None:
    with pytest.raises(WrongSettingsError, match="refused the user") as caught, still.open(password="hunter2"):
        pass
    assert "hunter2" not in str(caught.value) + repr(caught.value.__cause__)


def test_an_unknown_database_is_named(still: Bench) -> None:
    with pytest.raises(WrongSettingsError, match=r"`nowhere`.*no such database"), still.open(database="nowhere"):
        pass


def test_a_server_that_does_not_answer_may_heal(still: Bench) -> None:
    with pytest.raises(UnreachableError, match="doesn't answer"), still.open(port=free_port()):
        pass


def test_an_address_never_shows_its_password(still: Bench) -> None:
    address = address_of(still.block(password="hunter2"))
    assert "hunter2" not in f"{address} {address!r}"


def test_an_unknown_option_is_refused(still: Bench) -> None:
    with pytest.raises(WrongSettingsError, match="got `autocommit`"), still.open(query={"autocommit": "0"}):
        pass


def test_a_certificate_that_is_not_there_is_named(still: Bench) -> None:
    with (
        pytest.raises(WrongSettingsError, match=r"TLS files.*ssl_\w+|No such file"),
        still.open(query={"ssl_ca": "/nowhere/ca.pem"}),
    ):
        pass


def test_tls_that_the_server_has_not_is_a_wrong_setting(still: Bench) -> None:
    with pytest.raises(WrongSettingsError, match="encrypted"), still.open(query={"ssl_verify_cert": "true"}):
        pass


def test_a_missing_grant_says_where_to_look(bench: Bench) -> None:
    bench.as_sync_user()
    bench.sql(f"REVOKE SELECT ON ps_shop_group FROM '{bench.user}'@'%'")
    with pytest.raises(WrongSettingsError, match="`check_integration` names the GRANT"), bench.open():
        pass


def test_a_second_run_finds_the_shop_locked(still: Bench) -> None:
    with still.open() as one, still.open() as two, one.lock(), pytest.raises(Busy, match="another run"), two.lock():
        pass


def test_the_lock_is_free_again_afterwards(still: Bench) -> None:
    with still.open() as one, still.open() as two:
        with one.lock():
            pass
        with two.lock():
            assert still.one(f"SELECT is_free_lock('rexbit:{still.database}:ps_:1')") == 0


def test_two_shops_of_one_database_do_not_lock_each_other(bench: Bench) -> None:
    bench.sql("INSERT INTO ps_shop (id_shop_group, name, id_category) VALUES (1, 'B2B', 2)")
    with bench.open() as one, bench.open(id_shop=2) as two, one.lock(), two.lock():
        assert (one.info.id_shop, two.info.id_shop) == (1, 2)


def test_a_long_name_still_makes_a_lock(bench: Bench) -> None:
    name = "a_database_whose_name_leaves_hardly_any_room_for_the_rest_0123"
    bench.server.create_database(name)
    for (table,) in bench.sql("SHOW TABLES"):
        bench.sql(f"CREATE TABLE {name}.{table} LIKE {table}")
        bench.sql(f"INSERT INTO {name}.{table} SELECT * FROM {table}")
    with (
        bench.open(database=name) as one,
        bench.open(database=name) as two,
        one.lock(),
        pytest.raises(Busy),
        two.lock(),
    ):
        pass


def test_a_lost_connection_is_replaced_and_takes_its_lock_along(bench: Bench) -> None:
    with bench.open() as shop, shop.lock():
        bench.sql(f"KILL {shop.session.connection.thread_id()}")  # type: ignore[no-untyped-call]
        (outcome,) = shop.apply_window([text_change(4, None, "Wysyłka za 3 dni")])
        assert outcome.outcome == "written"
        with bench.open() as other, pytest.raises(Busy), other.lock():
            pass


def test_a_lost_connection_that_the_server_still_holds_is_ended(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.as_sync_user()
    with bench.open() as shop, shop.lock():
        with monkeypatch.context() as network:
            network.setattr(shop.session.connection, "close", lambda: None)  # the server is not told
            lost = shop.session.connection
            shop.session.reconnect()
        held = bench.one(f"SELECT is_used_lock('rexbit:{bench.database}:ps_:1')")
        assert (held, lost.open) == (shop.session.connection.thread_id(), True)  # type: ignore[no-untyped-call]


def test_a_password_of_other_letters(bench: Bench) -> None:
    bench.sql(f"CREATE USER '{bench.database}_pl'@'%' IDENTIFIED BY 'zażółć'")
    bench.sql(f"GRANT SELECT ON {bench.database}.* TO '{bench.database}_pl'@'%'")
    with bench.open(username=f"{bench.database}_pl", password="zażółć") as shop:
        assert shop.info.id_shop == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("'pynacl' package is required for ed25519_password auth method"),
        pymysql.err.OperationalError(2059, "Authentication plugin 'parsec' not configured"),
    ],
)
def test_a_way_of_logging_in_that_is_not_known(still: Bench, error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(*_: object) -> None:
        raise error

    monkeypatch.setattr(Connection, "connect", connect)
    with pytest.raises(WrongSettingsError, match="caching_sha2_password, but"), still.open():
        pass


def test_an_encrypted_connection_that_breaks_may_heal(still: Bench) -> None:
    said = "Lost connection to MySQL server during query ([SSL: UNEXPECTED_EOF_WHILE_READING] EOF occurred)"
    with pytest.raises(UnreachableError, match="doesn't answer"), explained(address_of(still.block())):
        raise pymysql.err.OperationalError(2013, said)


@pytest.mark.slow
def test_a_timeout_that_is_none_is_refused(still: Bench) -> None:
    with pytest.raises(WrongSettingsError, match="whole seconds"), still.open(query={"read_timeout": "soon"}):
        pass


@pytest.mark.slow
def test_a_timeout_may_be_set(still: Bench) -> None:
    assert address_of(still.block(query={"read_timeout": "600"})).seconds["read_timeout"] == 600


def test_a_strict_server_with_a_statement_log(tmp_path: Path) -> None:
    settings = ["--log-bin=log", "--binlog-format=STATEMENT", "--sql-mode=TRADITIONAL,ANSI_QUOTES,NO_BACKSLASH_ESCAPES"]
    with start_mariadb(tmp_path / "server", durable=False, settings=settings) as server:
        bench = synthetic(server, "8.2.1", tmp_path)
        with bench.open() as shop:
            bench.set_text(4, "przed")
            (outcome,) = shop.apply_window([text_change(4, "przed", "po \\ 'po'")])
            assert (outcome.outcome, bench.text(4)) == ("written", "po \\ 'po'")
            row = json.dumps([[4, 1, "po \\ 'po'", "potem \\ \"'"]])
            assert shop.apply_together(Together(4, 4, {("texts", "available_later"): Part(row, 1, 1)}))
            assert bench.text(4) == "potem \\ \"'"
            bench.set_stock(4, quantity=-1, physical_quantity=0, reserved_quantity=1)
            (outcome,) = shop.apply_window([quantity_change(4, -1, 8)])
            assert (outcome.outcome, bench.stock("physical_quantity", 4)) == ("written", {0: 9})
            assert shop.apply_together(Together(4, 4, {("stock", "quantity"): Part('[[4, 0, "8", "3"]]', 1, 1)}))
            assert (bench.stock("quantity", 4), bench.stock("physical_quantity", 4)) == ({0: 3}, {0: 4})
