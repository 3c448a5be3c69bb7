"""What was written is recorded, and what stood there before our first write is never lost, also by a crash."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tasks import archive
from tasks.errors import LeaseLostError
from tasks.prestashop import applying
from tasks.prestashop.applying import Applied, apply_change_set
from tasks.prestashop.model import Change
from tasks.prestashop.record import Recorder, Writing
from tasks.prestashop.windows import apply_changes
from tasks.state import StateDatabase
from tests.parquet import PRODUCTS, read, write
from tests.prestashop.bench import Bench, change_set, flag_change, now_change, quantity_change, text_change
from tests.prestashop.test_windows import nothing


class Crashed(Exception):  # noqa: N818
    """A process that ends here."""


def crash(*_: object) -> None:
    raise Crashed


def writing(bench: Bench, state: StateDatabase, name: str) -> Writing:
    links = state.read("integration_product_links", bench.folder / "links.parquet")
    return Writing(7, f"run of {name}", name, links, bench.folder)


def apply(bench: Bench, state: StateDatabase, name: str, *changes: Change) -> Applied:
    """Plan, archive and apply a change set, as a sync does."""
    path = change_set(bench.folder, changes)
    archive.keep("changes", 7, name, {"changes.parquet": path}, {"id": name})
    with bench.open() as shop:
        return apply_change_set(shop, state, path, writing(bench, state, name), nothing)


def crash_before_recording(patch: pytest.MonkeyPatch, bench: Bench, state: StateDatabase, change: Change) -> None:
    """Apply a change set `c1` up to where its first window stands in the shop and not in our database."""
    with patch.context() as patched:
        patched.setattr(Recorder, "windows", crash)
        with pytest.raises(Crashed):
            apply(bench, state, "c1", change)


def written(state: StateDatabase, folder: Path) -> dict[int, tuple[Any, ...]]:
    """By product: value, original, whether something of ours stands there."""
    rows = read(state.read("shop_written", folder / "written.parquet"))
    return {row["id_product"]: (row["value"], row["original"], row["written_at"] is not None) for row in rows}


def unfinished(state: StateDatabase) -> list[str]:
    with state.session(read_only=True) as session:
        return [row["id"] for row in session.execute("change_sets_unfinished", {"id": "", "integration_id": 7})]


def test_a_written_row_is_recorded_with_what_it_held_before(bench: Bench, state: StateDatabase, tmp_path: Path) -> None:
    bench.set_text(1, "przed")
    apply(bench, state, "c1", text_change(1, "przed", "po"))
    apply(bench, state, "c2", text_change(1, "po", "później"))
    assert written(state, tmp_path) == {1: ("później", "przed", True)}
    assert unfinished(state) == []


def test_a_row_that_somebody_else_changed_is_not_recorded(bench: Bench, state: StateDatabase, tmp_path: Path) -> None:
    bench.set_text(1, "ręcznie")
    applied = apply(bench, state, "c1", text_change(1, "przed", "po"), text_change(2, "", "po"))
    assert (applied.left, applied.written, written(state, tmp_path)) == (1, 1, {2: ("po", "", True)})


def test_a_crash_between_write_and_record_loses_no_original(
    bench: Bench, state: StateDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.set_text(1, "przed")
    crash_before_recording(monkeypatch, bench, state, text_change(1, "przed", "po"))
    assert (bench.text(1), written(state, tmp_path), unfinished(state)) == ("po", {}, ["c1"])
    apply(bench, state, "c2", text_change(1, "po", "po"))  # what the next sync plans: the shop holds it already
    assert written(state, tmp_path) == {1: ("po", "przed", True)}
    assert unfinished(state) == []


def test_what_a_crash_left_is_known_until_a_whole_run_is_through(
    bench: Bench, state: StateDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    crash_before_recording(monkeypatch, bench, state, text_change(1, "", "po"))
    with monkeypatch.context() as patched:
        patched.setattr(applying, "apply_changes", crash)
        with pytest.raises(Crashed):
            apply(bench, state, "c2", text_change(1, "po", "później"))
    assert unfinished(state) == ["c1", "c2"]
    trial = change_set(bench.folder, [text_change(2, "", "po")])
    with bench.open() as shop:
        apply_change_set(shop, state, trial, writing(bench, state, "c3")._replace(is_trial=True), nothing)
    assert unfinished(state) == ["c1", "c2"]
    apply(bench, state, "c4", text_change(1, "po", "później"))
    assert unfinished(state) == []


def test_a_crashed_change_set_that_is_gone_from_the_archive_stops_nobody(
    bench: Bench, state: StateDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crash_before_recording(monkeypatch, bench, state, text_change(1, "", "po"))
    (archive.find("changes", 7, "c1") / archive.MANIFEST).unlink()
    apply(bench, state, "c2", text_change(2, "", "po"))
    assert (written(state, tmp_path), unfinished(state)) == ({2: ("po", "", True)}, [])


def test_the_writer_stops_when_a_window_could_not_be_recorded(
    bench: Bench, state: StateDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(applying, "apply_changes", partial(apply_changes, window=1))
    monkeypatch.setattr(applying, "MOST_BEHIND", 1)
    monkeypatch.setattr(Recorder, "windows", crash)
    numbers = range(1, 7)
    for number in numbers:
        bench.set_text(number, "przed")
    with pytest.raises(Crashed):
        apply(bench, state, "c1", *(text_change(number, "przed", "po") for number in numbers))
    # one in the thread's hands, one waiting, one written when the writer finds out
    assert [bench.text(number) for number in (1, 4, 5, 6)] == ["po", "przed", "przed", "przed"]


def test_what_stands_in_the_shop_is_recorded_when_the_writer_fails(
    bench: Bench, state: StateDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(applying, "apply_changes", partial(apply_changes, window=1))
    for number in (1, 2, 3):
        bench.set_text(number, "przed")
    lease = iter(["held", "held"])

    def before_window() -> None:
        if next(lease, None) is None:
            raise LeaseLostError("another run took over")

    changes = change_set(bench.folder, [text_change(number, "przed", "po") for number in (1, 2, 3)])
    with bench.open() as shop, pytest.raises(LeaseLostError):
        apply_change_set(shop, state, changes, writing(bench, state, "c1"), before_window)
    assert [bench.text(number) for number in (1, 2, 3)] == ["po", "po", "przed"]
    assert written(state, tmp_path) == {1: ("po", "przed", True), 2: ("po", "przed", True)}


@pytest.mark.parametrize(
    ("changes", "metadata"),
    [
        ([flag_change(1, "2", "1")], {"last_availability": True, "last_stock_quantity": 9}),
        ([flag_change(1, "2", "0")], {"last_availability": False, "last_stock_quantity": 9}),
        ([quantity_change(1, 0, 5)], {"last_availability": True, "last_stock_quantity": 9}),
        ([quantity_change(1, 0, 5), flag_change(1, "2", "0")], {"last_availability": True, "last_stock_quantity": 9}),
        ([quantity_change(1, 5, 0), flag_change(1, "2", "0")], {}),
    ],
    ids=["on", "off", "pieces", "pieces and off", "a purchase since the plan"],
)
def test_a_link_tells_what_may_be_ordered(
    bench: Bench, state: StateDatabase, tmp_path: Path, changes: list[Change], metadata: dict[str, Any]
) -> None:
    bench.set_stock(1, quantity=0, out_of_stock=2)
    if not metadata:
        bench.set_stock(1, quantity=4)
    link = {"integration_id": 7, "product_id": 1, "external_product_id": "1", "is_manual": False}
    columns = "integration_id BIGINT, product_id BIGINT, external_product_id VARCHAR, is_manual BOOLEAN"
    with state.session() as session:
        session.insert("products", write(tmp_path / "p.parquet", PRODUCTS, [{"id": 1, "sku": "A", "name": "x"}]))
        session.insert("integration_product_links", write(tmp_path / "l.parquet", columns, [link]))
    apply(bench, state, "c1", *changes)
    (held,) = read(state.read("integration_product_links", tmp_path / "links.parquet"))
    told = json.loads(held["metadata"] or "{}")
    assert {name: told[name] for name in ("last_availability", "last_stock_quantity") if name in told} == metadata


def test_all_fields_of_a_row_are_recorded(bench: Bench, state: StateDatabase, tmp_path: Path) -> None:
    bench.set_stock(1, quantity=0, out_of_stock=2)
    bench.set_text(1, "przed")
    bench.sql("UPDATE ps_product_lang SET available_now = 'a' WHERE id_product = 1")
    changes = [
        quantity_change(1, 0, 5),
        flag_change(1, "2", "0"),
        now_change(1, "b", "c"),
        text_change(1, "przed", "po"),
    ]
    apply(bench, state, "c1", *changes)
    rows = read(state.read("shop_written", tmp_path / "written.parquet"))
    assert {row["field"]: (row["value"], row["original"]) for row in rows} == {
        "quantity": ("5", "0"),
        "out_of_stock": ("0", "2"),
        "available_later": ("po", "przed"),
    }
