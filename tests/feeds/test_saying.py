"""What a supplier's files say of one item: from the archive, found by its keys or by the product's codes."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tasks import archive
from tasks.feeds import ItemAsked, SupplierSays, says
from tasks.state import StateDatabase
from tests import parquet

AT = datetime(2026, 11, 24, 5, 5, tzinfo=UTC)
OFFERS: list[dict[str, Any]] = [
    {"row_number": 1, "supplier_sku": "S-1", "sku": "REF-1", "ean": "5901803398903", "stock_quantity": 34},
    {"row_number": 2, "sku": "REF-2", "stock_quantity": 0, "is_available": False},
    {"row_number": 3, "ean": "05903181073182", "delivery_days": 3},
]
REJECTS = [{"row_number": 9, "key": "S-9", "field": "stock", "reason": "not a number", "scope": "row"}]


def keep(
    state: StateDatabase, tmp_path: Path, name: str, *, hours: int = 0, verdict: str = "passed", part: str = ""
) -> None:
    """A file of supplier 6 in the archive, with its row."""
    files = {
        "offers.parquet": parquet.write(tmp_path / "offers.parquet", parquet.OFFERS, OFFERS),
        "rejects.parquet": parquet.write(tmp_path / "rejects.parquet", parquet.REJECTS, REJECTS),
    }
    archive.keep("feeds", 6, name, files, {})
    counts = {
        "rows_read": 3,
        "rows_rejected": 1,
        "offers": 3,
        "available": 1,
        "run_id": "r",
        "folder": "",
        "numbers": None,
    }
    seen = {"fetched_at": AT + timedelta(hours=hours), "last_seen_at": AT + timedelta(hours=hours)}
    row = {"id": name, "integration_id": 6, "part": part, "content_hash": name, "settings_hash": "s", "reason": "why"}
    health = {"integration_id": 6, "part": part, "confirmed_at": AT, "held_since": None, "held_snapshot_id": None}
    with state.session() as session:
        session.execute("snapshot_record", {**row, **counts, **seen, "verdict": verdict})
        session.execute("feed_health_write", {**health, "stale_since": None})


def ask(state: StateDatabase, *keys: str, **codes: str) -> SupplierSays:
    with state.session(read_only=True) as session:
        return says(session, 6, ItemAsked(keys=list(keys), **codes))


@pytest.mark.parametrize(("key", "row"), [("S-1", OFFERS[0]), ("REF-2", OFFERS[1]), ("05903181073182", OFFERS[2])])
def test_an_item_is_found_by_its_supplier_s_key(
    state: StateDatabase, tmp_path: Path, key: str, row: dict[str, Any]
) -> None:
    keep(state, tmp_path, "f6-1")
    ((offer,),) = [file.offers for file in ask(state, key).believed]
    assert offer.key == key
    assert offer.values == {name: row[name] for name in row if name not in {"row_number", "supplier_sku", "sku", "ean"}}


@pytest.mark.parametrize("codes", [{"sku": " ref-1"}, {"ean": "05901803398903"}, {"sku": "s-1"}])
def test_without_a_link_by_the_product_s_codes(state: StateDatabase, tmp_path: Path, codes: dict[str, str]) -> None:
    keep(state, tmp_path, "f6-1")
    assert [offer.key for file in ask(state, **codes).believed for offer in file.offers] == ["S-1"]


def test_another_supplier_s_key_of_the_same_sign_is_not_it(state: StateDatabase, tmp_path: Path) -> None:
    keep(state, tmp_path, "f6-1")
    assert [file.offers for file in ask(state, "REF-1").believed] == [[]]  # its key is S-1


def test_a_rejected_record_says_why(state: StateDatabase, tmp_path: Path) -> None:
    keep(state, tmp_path, "f6-1")
    assert [file.rejected for file in ask(state, "S-9").believed] == ["not a number"]


def test_a_newer_file_that_is_held_back_is_told_beside_the_believed_one(state: StateDatabase, tmp_path: Path) -> None:
    keep(state, tmp_path, "f6-1")
    keep(state, tmp_path, "f6-2", hours=1, verdict="quarantined")
    told = ask(state, "S-1")
    assert ([one.snapshot_id for one in told.believed], [one.snapshot_id for one in told.held]) == (["f6-1"], ["f6-2"])


def test_a_file_that_was_held_back_before_a_believed_one_is_past(state: StateDatabase, tmp_path: Path) -> None:
    keep(state, tmp_path, "f6-1", verdict="quarantined")
    keep(state, tmp_path, "f6-2", hours=1)
    assert ask(state, "S-1").held == []


def test_each_part_of_a_supplier_is_asked(state: StateDatabase, tmp_path: Path) -> None:
    keep(state, tmp_path, "f6-price-1", part="price")
    keep(state, tmp_path, "f6-stock-1", part="stock")
    assert [one.part for one in ask(state, "S-1").believed] == ["price", "stock"]


def test_a_file_that_the_archive_has_no_more(state: StateDatabase, tmp_path: Path) -> None:
    keep(state, tmp_path, "f6-1")
    shutil.rmtree(archive.archive_root() / "feeds")
    assert [(one.is_archived, one.offers) for one in ask(state, "S-1").believed] == [(False, [])]


def test_who_never_came_says_nothing(state: StateDatabase) -> None:
    told = ask(state, "S-1")
    assert (told.believed, told.held, told.confirmed_at) == ([], [], None)
