"""A change set in windows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pymysql
import pytest

from tasks.errors import LeaseLostError, Refused
from tasks.prestashop.database.shop import DatabaseShop
from tasks.prestashop.model import ALL_FIELDS, Outcome, Together
from tasks.prestashop.windows import Window, apply_changes
from tests.prestashop.bench import Bench, all_changes, change_set, quantity_change, text_change


def nothing() -> None:
    """Hold the lease for ever."""


class Seen:
    """Windows as they were handed over, and whether each was written together."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.windows: list[tuple[int, int]] = []
        self.told: list[tuple[int, str]] = []
        self.together: list[bool] = []
        apply_together = DatabaseShop.apply_together

        def watched(shop: DatabaseShop, window: Together) -> bool:
            self.together.append(apply_together(shop, window))
            return self.together[-1]

        patch.setattr(DatabaseShop, "apply_together", watched)

    def __call__(self, window: Window, told: list[Outcome]) -> None:
        """Take a window."""
        self.windows.append((window.first, window.last))
        self.told += [(outcome.id_product, outcome.outcome) for outcome in told]


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Seen:
    return Seen(monkeypatch)


def test_windows_are_products_in_order_and_never_cut_one(bench: Bench, seen: Seen) -> None:
    with bench.open() as shop:
        changes = all_changes(bench.rows(shop))
        apply_changes(shop, change_set(bench.folder, changes[::-1]), seen, nothing, window=7)
        held = {tuple(row.values())[:4]: row["value"] for row in bench.rows(shop)}
    assert seen.windows == [(first, min(first + 6, 60)) for first in range(1, 61, 7)]
    assert (set(seen.together), seen.told) == ({True}, [])
    assert [held[change[:4]] for change in changes] == [change.after for change in changes]


def test_all_fields_are_written_together(bench: Bench, seen: Seen) -> None:
    with bench.open() as shop:
        changes = all_changes(bench.rows(shop, fields=ALL_FIELDS))
        apply_changes(shop, change_set(bench.folder, changes), seen, nothing, window=20)
        held = {tuple(row.values())[:4]: row["value"] for row in bench.rows(shop, fields=ALL_FIELDS)}
    assert (set(seen.together), seen.told) == ({True}, [])
    assert [held[change[:4]] for change in changes] == [change.after for change in changes]
    assert bench.one("SELECT count(*) FROM ps_stock_available WHERE id_shop = 1"
                     " AND physical_quantity <> quantity + reserved_quantity") == 0  # fmt: skip


def test_a_quantity_that_stays_is_no_reason_to_judge(bench: Bench, seen: Seen) -> None:
    bench.set_stock(1, quantity=7, physical_quantity=99, reserved_quantity=0)
    bench.set_stock(2, quantity=1)
    with bench.open() as shop:
        changes = change_set(bench.folder, [quantity_change(1, 7, 7), quantity_change(2, 1, 2)])
        apply_changes(shop, changes, seen, nothing)
    assert (seen.together, bench.stock("physical_quantity", 1)) == ([True], {0: 99})


def test_what_is_not_as_planned_is_judged_row_by_row(bench: Bench, seen: Seen) -> None:
    bench.set_text(1, "przed")
    changes = [text_change(1, "przed", "po"), text_change(2, "przed", "po"), text_change(999, "", "po")]
    with bench.open() as shop:
        apply_changes(shop, change_set(bench.folder, changes), seen, nothing)
    assert (seen.together, seen.told) == ([False], [(2, "left"), (999, "failed")])
    assert bench.text(1) == "po"


def test_a_row_that_holds_what_was_planned_already_is_no_reason_to_judge(bench: Bench, seen: Seen) -> None:
    bench.set_text(1, "po")
    bench.set_text(2, "przed")
    with bench.open() as shop:
        changes = change_set(bench.folder, [text_change(1, "po", "po"), text_change(2, "przed", "po")])
        apply_changes(shop, changes, seen, nothing)
    assert (seen.together, bench.text(2)) == ([True], "po")


def test_a_window_too_large_for_one_statement_is_written_in_parts(
    bench: Bench, seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.set_text(1, "")
    with bench.open() as shop:
        monkeypatch.setattr(shop._together, "_largest", 100)
        apply_changes(shop, change_set(bench.folder, [text_change(1, "", "po" * 99)]), seen, nothing)
    assert (seen.together, bench.text(1)) == ([False], "po" * 99)


def test_a_server_without_json_tables_is_written_in_parts(
    bench: Bench, seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    with bench.open() as shop:
        rows = shop.session.rows

        def old_server(name: str, *values: Any, **options: Any) -> Any:
            if name == "json_table":
                asked.append(name)
                raise pymysql.err.ProgrammingError(1064, "You have an error in your SQL syntax")
            return rows(name, *values, **options)

        monkeypatch.setattr(shop.session, "rows", old_server)
        for number in (1, 2):
            bench.set_text(number, "")
        changes = [text_change(1, "", "po"), text_change(2, "", "po")]
        apply_changes(shop, change_set(bench.folder, changes), seen, nothing, window=1)
    assert (seen.together, asked, seen.told) == ([False, False], ["json_table"], [])
    assert (bench.text(1), bench.text(2)) == ("po", "po")


def test_a_server_that_takes_no_update_out_of_json_is_asked_once(
    bench: Bench, seen: Seen, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    with bench.open() as shop:
        write = shop.session.write

        def other_server(name: str, *values: Any, **options: Any) -> Any:
            if name.startswith("together"):
                asked.append(name)
                raise pymysql.err.OperationalError(1142, "UPDATE command denied to user")
            return write(name, *values, **options)

        monkeypatch.setattr(shop.session, "write", other_server)
        for number in (1, 2):
            bench.set_text(number, "")
        changes = [text_change(1, "", "po"), text_change(2, "", "po")]
        apply_changes(shop, change_set(bench.folder, changes), seen, nothing, window=1)
    assert (asked, seen.told, bench.text(1), bench.text(2)) == (["together_write_texts"], [], "po", "po")


def test_a_lost_lease_stops_before_the_next_window(bench: Bench) -> None:
    calls: list[str] = []

    def before_window() -> None:
        calls.append("lease")
        if calls.count("lease") == 2:
            raise LeaseLostError("another run took over")

    with bench.open() as shop:
        changes = change_set(bench.folder, [text_change(1, "", "po"), text_change(2, "", "po")])
        with pytest.raises(LeaseLostError):
            apply_changes(shop, changes, lambda *_: calls.append("done"), before_window, window=1)
    assert (calls, bench.text(1), bench.text(2)) == (["lease", "done", "lease"], "po", "")


def test_what_the_last_window_may_not_hold_stops_the_first(bench: Bench, seen: Seen) -> None:
    changes = change_set(bench.folder, [text_change(1, "", "po"), text_change(2, "", "ł" * 256)])
    with bench.open() as shop, pytest.raises(Refused, match="at most 255 characters"):
        apply_changes(shop, changes, seen, nothing, window=1)
    assert (seen.windows, bench.text(1)) == ([], "")


def test_an_empty_change_set_does_nothing(bench: Bench, seen: Seen) -> None:
    with bench.open() as shop:
        apply_changes(shop, change_set(bench.folder, []), seen, nothing)
    assert (seen.windows, seen.together) == ([], [])


@pytest.fixture(params=["together", "row by row"])
def way(request: pytest.FixtureRequest) -> Callable[[DatabaseShop, pytest.MonkeyPatch], None]:
    def choose(shop: DatabaseShop, patch: pytest.MonkeyPatch) -> None:
        if request.param == "row by row":
            patch.setattr(shop._together, "_largest", 0)

    return choose


def test_a_user_with_column_grants_only_writes_everything(
    bench: Bench, seen: Seen, way: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.as_sync_user()
    with bench.open() as shop:
        way(shop, monkeypatch)
        changes = all_changes(bench.rows(shop))
        apply_changes(shop, change_set(bench.folder, changes), seen, nothing)
        assert (seen.told, seen.together, shop._writer.locking) == ([], [shop._together._largest != 0], True)
        held = {tuple(row.values())[:4]: row["value"] for row in bench.rows(shop)}
    assert [held[change[:4]] for change in changes] == [change.after for change in changes]
