"""The gate before a shop: which products count as switched in 24 hours, and from how many on nothing is written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from blocks import ChangeGate
from tasks import archive
from tasks.availability import gate
from tasks.availability.gate import PastSet, Switched
from tasks.state import StateDatabase
from tests import parquet

CHANGES = """product_id BIGINT, id_product BIGINT, id_product_attribute BIGINT, id_lang INTEGER, field VARCHAR,
  before VARCHAR, after VARCHAR, reason_code VARCHAR, reason_args VARCHAR, is_first BOOLEAN"""
OUTCOMES = """id_product BIGINT, id_product_attribute BIGINT, id_lang INTEGER, field VARCHAR, outcome VARCHAR,
  found VARCHAR, message VARCHAR"""
BEFORE_THE_COLUMN = CHANGES.removesuffix(", is_first BOOLEAN")
ALL = range(1, 101)


class Step(NamedTuple):
    """A change set: id_product -> before and after (`01`), as flags or pieces of row 0."""

    flags: Mapping[int, str] = {}
    pieces: Mapping[int, tuple[str, str]] = {}
    first: bool = False
    asked: bool = False
    outcome: str | None = "written"


def off(*products: int, **more: Any) -> Step:
    return Step(dict.fromkeys(products, "10"), **more)


def on(*products: int, **more: Any) -> Step:
    return Step(dict.fromkeys(products, "01"), **more)


def rows_of(step: Step, attribute: int = 0) -> list[dict[str, Any]]:
    changed = [(product, "out_of_stock", *values) for product, values in step.flags.items()]
    changed += [(product, "quantity", *values) for product, values in step.pieces.items()]
    return [
        {"id_product": product, "id_product_attribute": attribute, "field": field, "before": before, "after": after}
        | {"reason_code": "no_offer", "reason_args": '{"supplier": 6}'}
        for product, field, before, after in changed
    ]


def laid(folder: Path, step: Step, columns: str = CHANGES) -> PastSet:
    """The files of a change set that was written, or whose outcomes a crash left unknown."""
    folder.mkdir()
    known = {"is_first": step.first} if columns is CHANGES else {}
    parquet.write(folder / "changes.parquet", columns, [row | known for row in rows_of(step)])
    if step.outcome:
        told = [{name: row[name] for name in ("id_product", "id_product_attribute", "field")} for row in rows_of(step)]
        parquet.write(folder / "outcomes.parquet", OUTCOMES, [row | {"outcome": step.outcome} for row in told])
    return PastSet(folder, step.asked)


def judged(folder: Path, *steps: Step, managed: int = 100, **settings: Any) -> dict[str, Switched]:
    """Judge the last of some change sets."""
    past = [laid(folder / f"c{place}", step) for place, step in enumerate(steps[:-1])]
    last = laid(folder / "last", steps[-1]).folder / "changes.parquet"
    names = parquet.write(folder / "suppliers.parquet", parquet.SUPPLIERS, [{"integration_id": 6, "name": "ACME"}])
    found, _ = gate.judge(last, past, names, managed, ChangeGate(**settings))
    return {one.to: one for one in found}


@pytest.mark.parametrize(
    ("steps", "goes_off", "goes_on"),
    [
        pytest.param([off(1, 2)], 2, 0, id="off"),
        pytest.param([on(1, 2)], 0, 2, id="on"),
        pytest.param([off(1, 2), off(3), off(4, 5)], 5, 0, id="creeping"),
        pytest.param([off(1), on(1)], 0, 0, id="off and on again"),
        pytest.param([on(1), off(1), on(1)], 0, 1, id="on, off, on"),
        pytest.param([off(1), on(1), off(1)], 1, 0, id="off, on, off is one"),
        pytest.param([on(1, 2, first=True)], 0, 0, id="a first write"),
        pytest.param([on(1, 2, first=True), off(1, 2)], 2, 0, id="a first write that is undone"),
        pytest.param([Step({1: "21", 2: "20", 3: "12", 4: "02"})], 0, 0, id="the flag 2 is neither"),
        pytest.param([Step({1: "21"}), off(1)], 0, 0, id="24 hours ago it was neither"),
        pytest.param([off(1, asked=True), off(2)], 1, 0, id="a person asked for it"),
        pytest.param([off(1), on(1, asked=True), off(2)], 1, 0, id="a person put it right"),
        pytest.param([off(1, outcome="left"), off(2)], 1, 0, id="somebody was quicker"),
        pytest.param([off(1, outcome="failed"), off(2)], 1, 0, id="it could not be written"),
        pytest.param([off(1, outcome="already"), off(2)], 2, 0, id="written by a step that was tried again"),
        pytest.param([off(1, outcome=None), off(2)], 2, 0, id="maybe written before a crash"),
        pytest.param([Step({1: "11", 2: "00"})], 0, 0, id="not switched"),
        pytest.param([Step({1: "00"}, {1: ("25", "0")})], 1, 0, id="pieces sold out"),
        pytest.param([Step({}, {1: ("0", "7"), 2: ("7", "3")})], 0, 1, id="pieces come"),
        pytest.param([Step({1: "10"}, {1: ("0", "25")})], 0, 0, id="pieces in place of the flag"),
    ],
)
def test_what_counts(tmp_path: Path, steps: list[Step], goes_off: int, goes_on: int) -> None:
    found = judged(tmp_path, *steps)
    assert (found["off"].day, found["on"].day) == (goes_off, goes_on)


def test_sizes_do_not_count_beside_their_product(tmp_path: Path) -> None:
    rows = [*rows_of(off(1)), *rows_of(off(1), 11), *rows_of(off(1), 12)]
    changes = parquet.write(tmp_path / "changes.parquet", CHANGES, [row | {"is_first": False} for row in rows])
    names = parquet.write(tmp_path / "suppliers.parquet", parquet.SUPPLIERS)
    assert [one.day for one in gate.judge(changes, [], names, 100, ChangeGate())[0]] == [1, 0]


@pytest.mark.parametrize(
    ("steps", "managed", "settings", "stopped"),
    [
        pytest.param([off(*ALL[:20])], 400, {}, [], id="exactly 5 % off"),
        pytest.param([off(*ALL[:21])], 400, {}, ["off"], id="more than 5 % off"),
        pytest.param([off(*ALL[:19])], 40, {}, [], id="fewer than 20 products"),
        pytest.param([off(*ALL[:20])], 40, {}, ["off"], id="20 products"),
        pytest.param([on(*ALL[:20])], 100, {}, [], id="exactly 20 % on"),
        pytest.param([on(*ALL[:21])], 100, {}, ["on"], id="more than 20 % on"),
        pytest.param([off(*ALL[:12]), off(*ALL[12:24])], 400, {}, ["off"], id="3 % a run"),
        pytest.param([off(*ALL[:30]), on(50)], 400, {}, [], id="a run that makes nothing worse"),
        pytest.param([off(*ALL[:30]), on(*ALL[:5])], 400, {}, [], id="a run that puts some right"),
        pytest.param([off(1, 2)], 40, {"min_products": 2, "stop_off_percent": 4}, ["off"], id="settings of the block"),
    ],
)
def test_what_is_too_much(
    tmp_path: Path, steps: list[Step], managed: int, settings: dict[str, Any], stopped: list[str]
) -> None:
    found = judged(tmp_path, *steps, managed=managed, **settings)
    assert [to for to, one in found.items() if one.is_too_many] == stopped


def test_the_words_say_how_many_why_and_whose(tmp_path: Path) -> None:
    assert judged(tmp_path, off(1, 2), off(3), managed=40)["off"].words == (
        "3 of 40 products (7.50 %) could be ordered 24 hours ago and shall not any more (2 of them by earlier runs);"
        " expected at most 5 %. Why: no supplier offers it any more (3). Suppliers: 6 ACME (3)"
    )


def test_a_change_set_without_the_column_holds_no_first_write(tmp_path: Path) -> None:
    past = [laid(tmp_path / "old", off(1), BEFORE_THE_COLUMN)]
    changes = laid(tmp_path / "last", off(2)).folder / "changes.parquet"
    names = parquet.write(tmp_path / "suppliers.parquet", parquet.SUPPLIERS)
    assert gate.judge(changes, past, names, 100, ChangeGate())[0][0].day == 2


def test_a_change_set_that_cannot_be_read_is_left_out_and_named(tmp_path: Path) -> None:
    torn = laid(tmp_path / "torn", off(1))
    (torn.folder / "changes.parquet").write_bytes(b"PAR1")
    changes = laid(tmp_path / "last", off(2)).folder / "changes.parquet"
    names = parquet.write(tmp_path / "suppliers.parquet", parquet.SUPPLIERS)
    found, unreadable = gate.judge(changes, [torn], names, 100, ChangeGate())
    assert (found[0].day, unreadable) == (1, ["torn"])


def begun(state: StateDatabase, name: str, hours_ago: float, flow: str = "sync-availability") -> None:
    """A change set as a run of some flow began to write it."""
    at = state.now() - timedelta(hours=hours_ago)
    with state.session() as session:
        values = {"id": f"run-{name}", "flow": flow, "integration_id": 7, "started_at": at}
        session.execute("run_started", values)
        session.execute("change_set_begun", {"id": name, "integration_id": 7, "run_id": f"run-{name}", "begun_at": at})


def kept(name: str, *files: str) -> None:
    folder = archive.archive_root() / "changes" / "7" / name
    folder.mkdir(parents=True)
    for file in (archive.MANIFEST, *files):
        (folder / file).write_text(json.dumps({}), encoding="utf-8")


def past_of(state: StateDatabase) -> tuple[list[tuple[str, bool]], list[str]]:
    sets, gone = gate.past_sets(state, 7, state.now())
    return [(one.folder.name, one.asked) for one in sets], gone


def test_change_sets_of_24_hours_count(state: StateDatabase) -> None:
    for name, hours in (("old", 25), ("b", 23), ("c", 1)):
        begun(state, name, hours)
        kept(name)
    assert past_of(state) == ([("b", False), ("c", False)], [])


def test_what_another_flow_wrote_a_person_asked_for(state: StateDatabase) -> None:
    begun(state, "a", 1, flow="release-products")
    kept("a")
    assert past_of(state) == ([("a", True)], [])


def test_what_a_person_approved_does_not_count_nor_what_was_before_it(state: StateDatabase) -> None:
    for name, hours in (("before", 4), ("approved", 3), ("after", 2)):
        begun(state, name, hours)
        kept(name, *([gate.APPROVED] if name == "approved" else []))
    assert past_of(state) == ([("after", False)], [])


def test_a_change_set_that_is_archived_no_more_is_named(state: StateDatabase) -> None:
    for name in ("gone", "there"):
        begun(state, name, 1)
    kept("there")
    assert past_of(state) == ([("there", False)], ["gone"])
