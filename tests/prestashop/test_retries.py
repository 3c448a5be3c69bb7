"""What another attempt heals is tried again as a whole window; what it does not is told, and nothing stays written."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pymysql
import pytest

from tasks.errors import UnreachableError
from tasks.prestashop.database import shop as shop_module
from tests.prestashop.bench import Apply, Bench, flag_change, text_change

CHANGES = [text_change(4, None, "Wysyłka za 3 dni"), flag_change(4, "0", "1")]


def on_pause(monkeypatch: pytest.MonkeyPatch, then: Callable[[], Any]) -> None:
    """Do something between two attempts, instead of waiting."""
    monkeypatch.setattr(shop_module, "time", SimpleNamespace(sleep=lambda _: then()))


def test_rows_that_an_order_holds_are_waited_for(apply: Apply, bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.set_stock(4, out_of_stock=0)
    with bench.server.connect(bench.database) as order, order.cursor() as cursor:
        cursor.execute("SELECT quantity FROM ps_stock_available WHERE id_product = 4 FOR UPDATE")
        on_pause(monkeypatch, order.rollback)
        with bench.open(lock_wait_seconds=0) as shop:
            outcomes = apply(shop, *CHANGES)
    assert {outcome.outcome for outcome in outcomes} == {"written"}  # no `already`: the text was undone with the rest
    assert (bench.text(4), bench.flags(4)) == ("Wysyłka za 3 dni", {0: 1})


@pytest.mark.slow
def test_rows_that_stay_locked_are_told_and_nothing_is_written(
    apply: Apply, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.set_stock(4, out_of_stock=0)
    pauses: list[int] = []
    on_pause(monkeypatch, lambda: pauses.append(1))
    with bench.server.connect(bench.database) as order, order.cursor() as cursor:
        cursor.execute("SELECT quantity FROM ps_stock_available WHERE id_product = 4 FOR UPDATE")
        with (
            bench.open(lock_wait_seconds=0) as shop,
            pytest.raises(UnreachableError, match="products 4 to 4 stayed locked for 4 attempts"),
        ):
            apply(shop, *CHANGES)
    assert (len(pauses), bench.text(4), bench.flags(4)) == (3, None, {0: 0})


@pytest.mark.slow
@pytest.mark.parametrize("code", [1205, 1213, 1020, 2006, 2013])
def test_an_error_in_the_middle_repeats_the_whole_window(
    code: int, apply: Apply, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.set_stock(4, out_of_stock=0)
    on_pause(monkeypatch, lambda: None)
    written: list[str] = []
    with bench.open() as shop:
        write = shop.session.write

        def failing(name: str, *values: Any, **more: Any) -> int:
            changed = write(name, *values, **more)
            written.append(name)
            if len(written) == 1:
                raise pymysql.err.OperationalError(code, "said the server")
            return changed

        monkeypatch.setattr(shop.session, "write", failing)
        outcomes = apply(shop, *CHANGES)
    assert {outcome.outcome for outcome in outcomes} == {"written"}
    assert (written[0], len(written)) == (written[1], 3)


@pytest.mark.slow
def test_a_server_that_lets_nobody_lock_rows_is_written_all_the_same(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.set_stock(4, out_of_stock=0)
    bench.set_text(5, "theirs")
    with bench.open() as shop:
        rows = shop.session.rows

        def strict(name: str, *values: Any, lock: bool = False, **more: Any) -> Any:
            if lock:
                raise pymysql.err.OperationalError(1142, "SELECT with locking clause command denied to user")
            return rows(name, *values, **more)

        monkeypatch.setattr(shop.session, "rows", strict)
        outcomes = shop.apply_window([*CHANGES, text_change(5, "planned", "ours")])
    assert [outcome.outcome for outcome in outcomes] == ["written", "written", "left"]
    assert (bench.text(4), bench.flags(4), bench.text(5)) == ("Wysyłka za 3 dni", {0: 1}, "theirs")
