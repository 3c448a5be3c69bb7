"""Which rows of a change set are undone, which stay as they are and why: the SQL, case by case."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from tasks.availability.plan import make_change_set
from tasks.duck import desk
from tests import parquet

CHANGES = """product_id BIGINT, id_product BIGINT, id_product_attribute BIGINT, id_lang INTEGER, field VARCHAR,
  before VARCHAR, after VARCHAR, reason_code VARCHAR, reason_args VARCHAR"""
OUTCOMES = "id_product BIGINT, id_product_attribute BIGINT, id_lang INTEGER, field VARCHAR, outcome VARCHAR"
SETS = "id VARCHAR, run_id VARCHAR, begun_at TIMESTAMP"
KEY = ("id_product", "id_product_attribute", "id_lang", "field")
Rows = list[dict[str, Any]]
UNDONE = {"id": "c1", "run_id": "r1", "begun_at": datetime(2026, 11, 20)}  # noqa: DTZ001  (UTC, as read)
LATER = {"id": "c2", "run_id": "r2", "begun_at": datetime(2026, 11, 21)}  # noqa: DTZ001


class Row(NamedTuple):
    """A row of the shop that the change set took from `before` to `after`, and what became of it."""

    before: str | None
    after: str | None
    holds: str | None
    field: str = "out_of_stock"
    lang: int | None = None
    combination: int = 0
    product: int = 1
    outcome: str = "written"
    recorded: str | None = "as after"
    run: str = "r1"
    is_in_shop: bool = True
    is_recorded: bool = True

    @property
    def key(self) -> dict[str, Any]:
        return dict(zip(KEY, (self.product, self.combination, self.lang, self.field), strict=True))


class Undo(NamedTuple):
    """What is put back, by field (and combination); what is kept, with who; products that hold it already."""

    put_back: dict[Any, Any]
    kept: dict[Any, Any]
    done: list[int]


def undo(folder: Path, *rows: Row, outcomes: bool = True, pins: Rows = [], blocks: dict[str, str] = {}) -> Undo:  # noqa: B006
    written = [
        {
            **row.key,
            "id_lang": row.lang or 0,
            "value": row.after if row.recorded == "as after" else row.recorded,
            "run_id": row.run,
        }
        for row in rows
        if row.is_recorded
    ]
    tables: dict[str, tuple[str, Rows]] = {
        "undone": (CHANGES, [{**row.key, "before": row.before, "after": row.after} for row in rows]),
        "outcomes": (OUTCOMES, [{**row.key, "outcome": row.outcome} for row in rows] if outcomes else []),
        "chosen": ("id_product BIGINT", []),
        "shop_rows": (parquet.SHOP_ROWS, [{**row.key, "value": row.holds} for row in rows if row.is_in_shop]),
        "written": (parquet.WRITTEN, written),
        "change_sets": (SETS, [UNDONE, LATER]),
        "pins": (parquet.PINS, pins),
        "links": (parquet.LINKS, [{"integration_id": 7, "product_id": 50, "external_product_id": "1"}]),
    }
    files = {name: parquet.write(folder / f"{name}.parquet", *table) for name, table in tables.items()}
    values: dict[str, Any] = {"has_outcomes": outcomes, "change_set_id": "c1", "begun_at": UNDONE["begun_at"]}
    values |= {"integration_id": 7, "text_rows": None, "flag_rows": None, "label_rows": None, **blocks}
    with desk() as table:
        table.show(**files)
        for step in ("undoing", "beside", "undoing_judged", "put_back"):
            table.run(f"availability/{step}.sql", values)
        differing = table.save("differing", folder / "differing.parquet")
        kept = {_named(row): (row["reason"], row["changed_by"]) for row in table.rows("FROM kept")}
        done = [row["id_product"] for row in table.rows("FROM done")]
    changes = parquet.read(make_change_set(differing, files["shop_rows"], files["written"], folder).changes)
    return Undo({_named(row): row["after"] for row in changes}, kept, done)


def _named(row: dict[str, Any]) -> Any:
    return (row["field"], row["id_product_attribute"]) if row["id_product_attribute"] else row["field"]


def text(before: str | None, after: str, holds: str | None, **more: Any) -> Row:
    return Row(before, after, holds, field="available_later", lang=1, **more)


def test_what_still_stands_becomes_what_it_met(tmp_path: Path) -> None:
    undone = undo(tmp_path, Row("0", "1", "1"), text(None, "3 dni", "3 dni"))
    assert undone == ({"out_of_stock": "0", "available_later": None}, {}, [])


def test_what_was_not_written_is_not_undone(tmp_path: Path) -> None:
    left, same = Row("0", "1", "1", outcome="left"), text("3 dni", "3 dni", "3 dni", outcome="already")
    assert undo(tmp_path, left, same) == ({}, {}, [])


def test_what_a_second_attempt_found_written_by_the_first_is_undone(tmp_path: Path) -> None:
    assert undo(tmp_path, Row("0", "1", "1", outcome="already")).put_back == {"out_of_stock": "0"}


def test_after_a_crash_what_holds_its_values_was_written(tmp_path: Path) -> None:
    undone = undo(
        tmp_path,
        Row("0", "1", "1", recorded="0"),
        text("", "3 dni", "", recorded=""),
        Row("", "3 days", "", field="available_later", lang=2, product=2, is_recorded=False),
        outcomes=False,
    )
    assert undone == ({"out_of_stock": "0"}, {}, [1, 2])


def test_a_third_value_is_somebodys_and_the_other_rows_are_put_back(tmp_path: Path) -> None:
    undone = undo(tmp_path, Row("0", "1", "1"), text("", "3 dni", "Ręcznie"))
    assert undone == ({"out_of_stock": "0"}, {"available_later": ("changed_by_another", None)}, [])


def test_a_later_run_is_named_and_keeps_the_whole_product(tmp_path: Path) -> None:
    undone = undo(tmp_path, Row("0", "1", "1"), text("", "3 dni", "5 dni", recorded="5 dni", run="r2"))
    by = ("changed_by_a_later_run", "c2")
    assert undone == ({}, {"out_of_stock": by, "available_later": by}, [])


def test_what_somebody_changed_after_a_later_run_is_his(tmp_path: Path) -> None:
    undone = undo(tmp_path, text("", "3 dni", "Ręcznie", recorded="5 dni", run="r2"))
    assert undone.kept == {"available_later": ("changed_by_another", None)}


def test_flags_of_a_product_are_put_back_together_or_not_at_all(tmp_path: Path) -> None:
    undone = undo(tmp_path, Row("0", "1", "1"), Row("0", "1", "2", combination=4), text("", "3 dni", "3 dni"))
    assert undone.put_back == {"available_later": ""}
    assert undone.kept == {
        "out_of_stock": ("flags_go_together", None),
        ("out_of_stock", 4): ("changed_by_another", None),
    }


def test_what_is_as_before_is_done(tmp_path: Path) -> None:
    assert undo(tmp_path, Row("0", "1", "0", recorded="0")) == ({}, {}, [1])


def test_what_is_as_before_without_a_record_gets_one(tmp_path: Path) -> None:
    assert undo(tmp_path, Row("0", "1", "0", recorded="1")).put_back == {"out_of_stock": "0"}


def test_pieces_that_customers_bought_are_not_put_back(tmp_path: Path) -> None:
    pieces = [Row("0", "9", "9", "quantity", combination=4), Row("0", "8", "6", "quantity", combination=5)]
    undone = undo(tmp_path, Row("0", "17", "15", "quantity"), *pieces)
    assert undone.put_back == {("quantity", 4): "0", "quantity": "6"}  # row 0 is the sum of what is there
    assert undone.kept == {("quantity", 5): ("changed_by_another", None)}


def test_the_sum_is_kept_where_the_change_set_left_it_as_it_was(tmp_path: Path) -> None:
    bought = [Row("5", "0", "0", "quantity", combination=4), Row("0", "5", "3", "quantity", combination=5)]
    undone = undo(tmp_path, Row("5", "5", "3", "quantity", outcome="left", is_recorded=False), *bought)
    assert undone.put_back == {("quantity", 4): "5", "quantity": "8"}


def test_of_pieces_below_0_none_are_put_back(tmp_path: Path) -> None:
    assert undo(tmp_path, Row("-2", "9", "9", "quantity", combination=4)).put_back == {("quantity", 4): "0"}


def test_the_sum_stays_where_no_pieces_are_put_back(tmp_path: Path) -> None:
    assert undo(tmp_path, Row("0", "8", "6", "quantity"), Row("0", "8", "6", "quantity", combination=5)).put_back == {}


def test_what_was_given_back_since_is_not_touched(tmp_path: Path) -> None:
    ended = undo(tmp_path, Row("0", "1", "1", is_recorded=False))
    assert ended.kept == {"out_of_stock": ("given_back", None)}
    pinned: Rows = [{"product_id": 50, "kind": "released"}]
    assert undo(tmp_path, Row("0", "1", "1"), pins=pinned).kept == {"out_of_stock": ("given_back", None)}


def test_a_flag_that_is_never_written_is_not_put_back(tmp_path: Path) -> None:
    assert undo(tmp_path, Row("9", "1", "1")).kept == {"out_of_stock": ("original_never_written", None)}


def test_what_is_not_there_or_anothers_is_told(tmp_path: Path) -> None:
    gone, shared = Row("0", "1", None, is_in_shop=False), text("", "3 dni", "3 dni")
    undone = undo(tmp_path, gone, shared, blocks={"text_rows": "sklep-2"})
    assert undone.kept == {
        "out_of_stock": ("row_missing_in_shop", None),
        "available_later": ("written_by_another_block", None),
    }
