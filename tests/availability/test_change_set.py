"""Only what changed: the wanted state against what is held, and what the shop holds now beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tasks.availability.plan import find_differing, make_change_set
from tests import parquet

WANTED = parquet.SHOP_ROWS + ", product_id BIGINT, reason_code VARCHAR, reason_args VARCHAR, held VARCHAR"
Rows = list[dict[str, Any]]


def row(id_product: int, value: str | None, id_lang: int | None = None, field: str = "out_of_stock") -> dict[str, Any]:
    return {
        "id_product": id_product,
        "id_product_attribute": 0,
        "id_lang": id_lang,
        "field": field,
        "value": value,
    }


def differing(folder: Path, wanted: Rows, held: Rows) -> list[int]:
    found = find_differing(
        parquet.write(folder / "wanted.parquet", WANTED, wanted),
        parquet.write(folder / "held.parquet", parquet.SHOP_ROWS, held),
        folder,
    )
    return [row["id_product"] for row in parquet.read(found.products)]


def test_equal_rows_are_no_change(tmp_path: Path) -> None:
    assert differing(tmp_path, [row(1, "1")], [row(1, "1")]) == []


def test_our_record_names_the_flag_with_language_0(tmp_path: Path) -> None:
    assert differing(tmp_path, [row(1, "1")], [row(1, "1", id_lang=0)]) == []


def test_a_text_alone_is_a_change(tmp_path: Path) -> None:
    wanted = [row(1, "1"), row(1, "Wysyłka za 10 dni", 1, "available_later")]
    assert differing(tmp_path, wanted, [row(1, "1"), row(1, "Wysyłka za 3 dni", 1, "available_later")]) == [1]


def test_case_and_trailing_space_are_changes(tmp_path: Path) -> None:
    wanted = [row(1, "Wysyłka", 1, "available_later"), row(2, "Wysyłka", 1, "available_later")]
    held = [row(1, "WYSYŁKA", 1, "available_later"), row(2, "Wysyłka ", 1, "available_later")]
    assert differing(tmp_path, wanted, held) == [1, 2]


def test_nothing_and_empty_differ(tmp_path: Path) -> None:
    assert differing(tmp_path, [row(1, "", 1, "available_later")], [row(1, None, 1, "available_later")]) == [1]


def change_set(folder: Path, wanted: Rows, shop: Rows, written: Rows = [], **more: Any) -> Any:  # noqa: B006
    return make_change_set(
        parquet.write(folder / "differing.parquet", WANTED, [{**one, "reason_code": "enough_stock"} for one in wanted]),
        parquet.write(folder / "shop_rows.parquet", parquet.SHOP_ROWS, shop),
        parquet.write(folder / "written.parquet", parquet.WRITTEN, written),
        folder,
        **more,
    )


def test_before_is_what_the_shop_holds(tmp_path: Path) -> None:
    changes = change_set(tmp_path, [row(1, "1")], [row(1, "2")])
    assert [(change["before"], change["after"]) for change in parquet.read(changes.changes)] == [("2", "1")]


def test_a_row_that_the_shop_lacks_is_reported_not_made(tmp_path: Path) -> None:
    changes = change_set(tmp_path, [row(1, "1"), row(1, "x", 2, "available_later")], [row(1, "2")])
    assert (changes.rows, changes.rows_missing, changes.changed) == (1, 1, 1)
    assert changes.missing_rows == [{"product": 1, "combination": 0, "language": 2, "field": "available_later"}]


def test_a_product_of_which_only_rows_are_missing_is_counted_apart(tmp_path: Path) -> None:
    changes = change_set(tmp_path, [row(1, "1"), row(2, "1")], [row(1, "2")])
    assert (changes.products, changes.rows_missing, changes.changed) == (1, 1, 1)


def test_limit_takes_the_first_products_by_number(tmp_path: Path) -> None:
    wanted, shop = [row(n, "1") for n in (30, 10, 20)], [row(n, "0") for n in (10, 20, 30)]
    changes = change_set(tmp_path, wanted, shop, limit=2)
    assert [change["id_product"] for change in parquet.read(changes.changes)] == [10, 20]


def test_on_and_off_are_counted_by_product(tmp_path: Path) -> None:
    changes = change_set(tmp_path, [row(1, "1"), row(2, "0"), row(3, "0")], [row(1, "0"), row(2, "2"), row(3, "0")])
    assert (changes.enabled, changes.disabled) == (1, 1)
