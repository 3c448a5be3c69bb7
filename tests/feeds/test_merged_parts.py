"""The offers of several files put together: against a plain model of the rule, in whatever order they are given."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from blocks.feed_part import FeedPart, Says
from tasks.feeds.offers.parts import deciding, in_force, laid_over, merged
from tasks.feeds.snapshots import Snapshot
from tests import parquet

START = datetime(2026, 11, 24, tzinfo=UTC)
GROUPS: tuple[Says, ...] = ("stock", "delivery", "price", "codes")
FIELDS = {"stock": "stock_quantity", "delivery": "delivery_days", "price": "purchase_price"}
Files = list[dict[str, Any]]
Offers = dict[str, dict[str, Any]]

ROWS = st.dictionaries(st.sampled_from("xyz"), st.integers(0, 3), min_size=1)
FILE = st.fixed_dictionaries(
    {
        "delta": st.booleans(),
        "says": st.lists(st.sampled_from(GROUPS), min_size=1, unique=True),
        "hour": st.integers(0, 3),
        "rows": ROWS,
    }
)
quick = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def snapshot(folder: Path, name: str, hour: int, rows: dict[str, int], **part: Any) -> Snapshot:
    """A file each of whose numbers is 100 times its hour more than given, so that it tells where it came from."""
    numbers = count(1)
    offers = [
        {"row_number": next(numbers), "supplier_sku": key, **dict.fromkeys(FIELDS.values(), 100 * hour + value)}
        for key, value in rows.items()
    ]
    path = folder / f"{name}-{hour}.parquet"
    return Snapshot(
        id=path.stem,
        integration_id=6,
        part=FeedPart(name=name, **part),
        content_hash="c",
        settings_hash="s",
        fetched_at=START + timedelta(hours=hour),
        offers=parquet.write(path, parquet.OFFERS, offers),
        rejects=path,
        rows_read=len(rows),
        rows_rejected=0,
    )


def snapshots(folder: Path, files: Files) -> list[Snapshot]:
    made = []
    for name, file in zip("abcd", files, strict=False):
        one = snapshot(folder, name, file["hour"], file["rows"], provides=file["says"], delta=file["delta"])
        if file["delta"]:
            one.offers = laid_over(one, None, folder / f"{name}-known.parquet")
        made.append(one)
    return made


def by_sql(folder: Path, made: list[Snapshot]) -> Offers:
    rows = parquet.read(merged(made, folder / "merged.parquet").offers)
    return {row["supplier_sku"]: {field: row[field] for field in FIELDS.values()} for row in rows}


def by_model(files: Files) -> Offers:
    """The rule in plain words: the newest that says it; a change only while no newer whole file leaves the item out."""

    def newest(key: str, says: str) -> int | None:
        saying = [(file["hour"], name, file) for name, file in zip("abcd", files, strict=False) if says in file["says"]]
        having = [one for one in saying if key in one[2]["rows"]]
        whole_hours = [hour for hour, _, file in saying if not file["delta"]]
        if all(file["delta"] for _, _, file in having):
            having = [one for one in having if one[0] > max(whole_hours, default=-1)]
        if not having:
            return None
        hour, _, file = max(having, key=lambda one: one[:2])
        return 100 * int(hour) + int(file["rows"][key])

    told = {key: {field: newest(key, says) for says, field in FIELDS.items()} for key in "xyz"}
    return {key: offer for key, offer in told.items() if offer["stock_quantity"] is not None}


def in_a_folder(check: Callable[[Path], None]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        check(Path(folder))


@quick
@given(st.lists(FILE, min_size=1, max_size=4), st.randoms())
def test_each_field_comes_from_the_newest_file_that_says_it(files: Files, chance: Any) -> None:
    def check(folder: Path) -> None:
        made = snapshots(folder, files)
        chance.shuffle(made)
        assert by_sql(folder, made) == by_model(files)

    in_a_folder(check)


def test_row_numbers_of_the_imported_file_stay_and_none_is_there_twice(tmp_path: Path) -> None:
    stock = snapshot(tmp_path, "stock", 1, {"z": 1, "y": 1, "x": 1}, provides=["stock"])
    price = snapshot(tmp_path, "price", 2, {"y": 1, "x": 1}, provides=["price"])
    rows = parquet.read(merged([price, stock], tmp_path / "merged.parquet", current="price").offers)
    assert [(row["supplier_sku"], row["row_number"]) for row in rows[:2]] == [("y", 1), ("x", 2)]
    assert (rows[2]["supplier_sku"], rows[2]["row_number"] > 2) == ("z", True)


def test_of_each_part_it_is_told_how_many_of_its_items_are_offers(tmp_path: Path) -> None:
    stock = snapshot(tmp_path, "stock", 1, {"x": 1}, provides=["stock"])
    price = snapshot(tmp_path, "price", 2, {"y": 1, "x": 1}, provides=["price"])
    assert merged([price, stock], tmp_path / "merged.parquet").met == {
        "stock": {"items": 1, "offers": 1},
        "price": {"items": 2, "offers": 1},
    }


def test_a_change_is_remembered_with_when_it_was_said(tmp_path: Path) -> None:
    first = snapshot(tmp_path, "changes", 1, {"x": 1, "y": 1}, delta=True)
    first.offers = laid_over(first, None, tmp_path / "first.parquet")
    second = snapshot(tmp_path, "changes", 2, {"y": 2, "z": 2}, delta=True)
    rows = parquet.read(laid_over(second, first, tmp_path / "second.parquet"))
    assert {row["supplier_sku"]: (row["stock_quantity"], row["given_at"].hour) for row in rows} == {
        "x": (101, 1),
        "y": (202, 2),
        "z": (202, 2),
    }
    assert len({row["row_number"] for row in rows}) == 3


def names(made: list[Snapshot]) -> list[str]:
    return [one.part.name for one in made]


def test_who_decides_that_an_item_is_missing(tmp_path: Path) -> None:
    def file(name: str, **part: Any) -> Snapshot:
        return snapshot(tmp_path, name, 1, {"x": 1}, **part)

    price, delta = file("price", provides=["price"]), file("delta", delta=True)
    assert names(deciding([price, delta, file("stock")])) == ["stock"]
    assert names(deciding([file("a"), file("b")])) == ["a", "b"]
    assert names(deciding([file("a"), file("b", decides_absence=True)])) == ["b"]
    assert names(deciding([file("a"), file("b", decides_absence=False)])) == ["a"]
    assert deciding([price, delta]) == []


def test_a_file_that_was_replaced_counts_no_more(tmp_path: Path) -> None:
    old, new = snapshot(tmp_path, "old", 1, {"x": 1}), snapshot(tmp_path, "new", 2, {"x": 1}, replaces=["old"])
    assert names(in_force([old, new])) == ["new"]
