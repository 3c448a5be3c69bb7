"""Sync and import runs as DataFrames: what counts, and what is not known."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import pandas as pd
import pytest

from tasks.history import import_history, supplier_history, sync_history
from tests.history.past import ACME, BRICO, SHOP, Past

COUNTS: dict[str, Any] = {
    "on": 90,
    "off": 10,
    "changed": 5,
    "written": 5,
    "enabled": 2,
    "disabled": 1,
    "left": 0,
    "failed": 0,
}


def test_a_run_says_its_counts(past: Past) -> None:
    past.run(past.ago(2), **COUNTS)
    told = sync_history(SHOP)
    assert told[list(COUNTS)].to_dict("records") == [COUNTS]
    assert told["started_at"][0] == past.ago(2)


def test_types_are_as_documented_also_without_a_row(past: Past) -> None:
    told = sync_history(SHOP)
    assert {str(told[name].dtype) for name in ("started_at", "ended_at")} == {"datetime64[us, UTC]"}
    assert {str(told[name].dtype) for name in COUNTS} == {"Int64"}
    assert str(told["status"].dtype) == "string"


@pytest.mark.parametrize("trial", [{"dry_run": True}, {"limit": 100}, {"contractor": 5}])
def test_trials_do_not_count(past: Past, trial: dict[str, Any]) -> None:
    past.run(past.ago(3), **COUNTS, by_supplier={"6 on": 1})
    past.run(past.ago(2), **COUNTS, by_supplier={"6 on": 1}, **trial)
    assert (len(sync_history(SHOP)), len(supplier_history(SHOP))) == (1, 1)


def test_older_runs_and_other_shops_are_left_out(past: Past) -> None:
    past.run(past.ago(24 * 3 + 1), **COUNTS)
    past.run(past.ago(24 * 3 - 1), **COUNTS)
    assert len(sync_history(SHOP, days=3)) == 1
    assert len(sync_history(SHOP + 1, days=3)) == 0


def test_a_run_that_failed_knows_nothing(past: Past) -> None:
    past.run(past.ago(1), "failed", on=0, off=0, changed=0)
    told = sync_history(SHOP)
    assert (told["status"][0], told["message"][0]) == ("failed", "words")
    assert told[list(COUNTS)].isna().all(axis=None)


def test_a_run_that_was_killed_is_there(past: Past) -> None:
    past.run(past.ago(1))
    told = sync_history(SHOP)
    assert (told["status"][0], bool(told["on"].isna()[0])) == ("running", True)


def test_what_was_not_counted_before_is_not_zero(past: Past) -> None:
    past.run(past.ago(1), changed=5)
    told = sync_history(SHOP)
    assert (bool(told["on"].isna()[0]), told["changed"][0]) == (True, 5)
    assert len(supplier_history(SHOP)) == 0


def test_suppliers_by_run(past: Past) -> None:
    past.supplier(ACME, "Acme")
    past.run(past.ago(2), by_supplier={"6 on": 10, "6 off": 2, "6 changed": 1})
    past.run(past.ago(1), by_supplier={"6 on": 9, "8 on": 4})
    told = supplier_history(SHOP)
    assert told[["supplier", "on", "off", "changed"]].to_numpy().tolist() == [
        [ACME, 10, 2, 1],
        [BRICO, 0, 0, 0],  # the run counted by supplier, and this one had nothing
        [ACME, 9, 0, 0],
        [BRICO, 4, 0, 0],
    ]
    assert told["supplier_name"][0] == "Acme"
    assert bool(told["supplier_name"].isna()[1])


def test_imports_with_their_versions(past: Past) -> None:
    read: dict[str, Any] = {"rows_read": 12, "rows_rejected": 2, "offers": 10}
    good = past.snapshot(ACME, past.ago(3), part="stock", available=8)
    held = past.snapshot(ACME, past.ago(2), part="stock", available=1, verdict="quarantined")
    past.run(past.ago(3), flow="import-feed", snapshot_id=good, matched=9, **read)
    past.run(past.ago(2), "quarantined", "import-feed", snapshot_id=held, matched=0, **read)
    past.run(past.ago(1), "failed", "import-feed", snapshot_id=None, matched=0, **dict.fromkeys(read, 0))
    told = import_history(ACME).astype(object).where(lambda frame: frame.notna(), None)
    assert told[["status", "part", "offers", "available", "matched"]].to_numpy().tolist() == [
        ["completed", "stock", 10, 8, 9],
        ["quarantined", "stock", 10, 1, None],
        ["failed", None, None, None, None],
    ]


def test_an_event_loop_may_run(past: Past) -> None:
    async def in_a_loop() -> pd.DataFrame:
        return sync_history(SHOP)

    past.run(past.ago(1), **COUNTS)
    assert len(asyncio.run(in_a_loop())) == 1


def test_without_pandas_it_is_said_what_to_install(past: Past, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match=r"pip install 'rexbit-flows\[charts\]'"):
        sync_history(SHOP)
