"""A change set in windows."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from tasks.errors import LeaseLostError
from tasks.prestashop.model import Change, Outcome
from tasks.prestashop.windows import apply_changes
from tests.parquet import write
from tests.prestashop.bench import Bench, all_changes, as_rows, text_change

CHANGES = """product_id BIGINT, id_product BIGINT, id_product_attribute BIGINT, id_lang INTEGER, field VARCHAR,
  before VARCHAR, after VARCHAR, reason_code VARCHAR, reason_args VARCHAR"""


def change_set(bench: Bench, changes: list[Change]) -> Path:
    return write(bench.folder / "changes.parquet", CHANGES, as_rows(changes))


def nothing() -> None:
    """Hold the lease for ever."""


def test_windows_are_products_in_order_and_never_cut_one(bench: Bench) -> None:
    windows: list[list[Outcome]] = []
    with bench.open() as shop:
        changes = all_changes(bench.rows(shop))
        apply_changes(shop, change_set(bench, changes[::-1]), windows.append, nothing, window=7)
    ids = [sorted({outcome.id_product for outcome in window}) for window in windows]
    assert ids == [list(range(first, min(first + 7, 61))) for first in range(1, 61, 7)]
    assert sum(map(len, windows)) == len(changes)


def test_a_change_set_is_counted_by_outcome(bench: Bench) -> None:
    changes = [text_change(1, "", "po"), text_change(2, "przed", "po"), text_change(999, "", "po")]
    with bench.open() as shop:
        path = change_set(bench, changes)
        assert apply_changes(shop, path, lambda _: None, nothing) == {"written": 1, "left": 1, "failed": 1}


def test_a_lost_lease_stops_before_the_next_window(bench: Bench) -> None:
    calls: list[str] = []

    def before_window() -> None:
        calls.append("lease")
        if calls.count("lease") == 2:
            raise LeaseLostError("another run took over")

    with bench.open() as shop:
        path = change_set(bench, [text_change(1, "", "po"), text_change(2, "", "po")])
        with pytest.raises(LeaseLostError):
            apply_changes(shop, path, lambda _: calls.append("done"), before_window, window=1)
    assert (calls, bench.text(1), bench.text(2)) == (["lease", "done", "lease"], "po", "")


def test_an_empty_change_set_does_nothing(bench: Bench) -> None:
    with bench.open() as shop:
        assert apply_changes(shop, change_set(bench, []), lambda _: None, nothing) == {}


def test_nothing_stays_hidden_from_the_garbage_collector(bench: Bench) -> None:
    with bench.open() as shop:
        apply_changes(shop, change_set(bench, [text_change(1, "", "po")]), lambda _: None, nothing)
    assert gc.get_freeze_count() == 0


def test_a_user_with_column_grants_only_writes_everything(bench: Bench) -> None:
    bench.as_sync_user()
    with bench.open() as shop:
        changes = all_changes(bench.rows(shop))
        counts = apply_changes(shop, change_set(bench, changes), lambda _: None, nothing)
        assert (counts, shop._writer.locking) == ({"written": len(changes)}, True)
