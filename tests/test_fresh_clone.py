"""The README's first command in a fresh clone: it ends by itself, and the shop then holds what it promises."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from demo.__main__ import DATABASE, PRODUCTS
from demo.servers import MariaDb, start_mariadb
from demo.shop import make_shop

ROOT = Path(__file__).parents[1]
THRESHOLD = 20
DELIVERY = {
    1: re.compile(r"Wysyłka za (1 dzień|([2-9]|\d\d+) dni)|Wysyłka dzisiaj|Dostępny u dostawcy|Produkt niedostępny"),
    2: re.compile(r"Ships in (1 day|([2-9]|\d\d+) days)|Ships today|Available from the supplier|Not available"),
}
UNAVAILABLE = {1: "Produkt niedostępny", 2: "Not available"}

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `make demo` leaves in a fresh clone."""
    clone = tmp_path_factory.mktemp("fresh") / "clone"
    subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
    done = subprocess.run(["make", "demo"], cwd=clone, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return clone / ".rexbit" / "demo"


@pytest.fixture(scope="module")
def shop(home: Path) -> Iterator[MariaDb]:
    """The demo's shop after its last run, and in the database `fresh` the same shop as nobody ever touched it."""
    with start_mariadb(home / "mariadb") as server:
        server.drop_database("fresh")
        server.create_database("fresh")
        with server.connect("fresh") as connection:
            make_shop(connection, products=PRODUCTS)
        yield server


def _rows(shop: MariaDb, statement: str) -> list[tuple[Any, ...]]:
    with shop.connect(DATABASE) as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def _managed(home: Path) -> set[int]:
    with sqlite3.connect(home / "rexbit.db") as state:
        return {row[0] for row in state.execute("SELECT DISTINCT id_product FROM shop_written")}


def _allowed(home: Path) -> dict[int, bool]:
    """By id_product: has any supplier enough of it, or of one of its combinations? Told from the links alone."""
    with sqlite3.connect(home / "rexbit.db") as state:
        items = state.execute(
            "SELECT external_product_id, product_id FROM integration_product_links WHERE integration_id = 7"
        ).fetchall()
        offers = state.execute(
            "SELECT product_id, supplier_availability ->> '$.stock_quantity',"
            " supplier_availability ->> '$.is_available'"
            " FROM integration_product_links WHERE integration_id <> 7 AND supplier_availability IS NOT NULL"
        ).fetchall()
    enough: dict[int, bool] = defaultdict(bool)
    for product_id, stock, is_available in offers:
        enough[product_id] |= is_available != 0 and (is_available == 1 if stock is None else stock >= THRESHOLD)
    parents = {int(item): product_id for item, product_id in items if "-" not in item}
    combinations: dict[int, list[int]] = defaultdict(list)
    for item, product_id in items:
        if "-" in item:
            combinations[int(item.partition("-")[0])].append(product_id)
    return {
        item: any(
            enough[one] if one in enough else enough.get(parent, False) for one in combinations.get(item) or [parent]
        )
        for item, parent in parents.items()
    }


def _stages(home: Path) -> list[dict[str, Any]]:
    return list(json.loads((home / "summary.json").read_text(encoding="utf-8"))["stages"])


def test_a_second_run_with_nothing_new_changes_nothing(home: Path) -> None:
    second = [stage["summary"] for stage in _stages(home) if stage["run"] == 2]
    changes = [one.get("rows_written", 0) + one.get("created", 0) + one.get("updated", 0) for one in second]
    assert changes == [0, 0, 0]


def test_the_third_run_writes_only_what_changed(home: Path) -> None:
    syncs = {stage["run"]: stage["summary"] for stage in _stages(home) if stage["name"] == "sync shop"}
    assert 0 < syncs[3]["written"] < syncs[1]["written"] / 20


def test_rejected_rows_are_counted_by_reason(home: Path) -> None:
    imports = [stage["summary"] for stage in _stages(home) if stage["name"].startswith("import") and stage["run"] == 1]
    assert all(one["rows_rejected"] and one["rejected_by_reason"] for one in imports)


def test_the_flag_follows_the_threshold(home: Path, shop: MariaDb) -> None:
    where = "id_product_attribute = 0 AND id_shop = 1"
    flags = dict(_rows(shop, f"SELECT id_product, out_of_stock FROM ps_stock_available WHERE {where}"))
    allowed = _allowed(home)
    managed = _managed(home)
    assert {item: flags[item] for item in managed} == {item: int(allowed[item]) for item in managed}
    assert {0, 1} == {flags[item] for item in managed}


def test_row_0_and_combination_rows_hold_the_same_flag(home: Path, shop: MariaDb) -> None:
    several = _rows(
        shop,
        "SELECT id_product, count(DISTINCT out_of_stock), count(*) FROM ps_stock_available"
        " WHERE id_shop = 1 GROUP BY id_product HAVING count(*) > 1",
    )
    managed = _managed(home)
    assert {flags for item, flags, _ in several if item in managed} == {1}


@pytest.mark.parametrize("id_lang", [1, 2])
def test_delivery_texts_stand_in_available_later_in_each_language(home: Path, shop: MariaDb, id_lang: int) -> None:
    texts = dict(_rows(shop, f"SELECT id_product, available_later FROM ps_product_lang WHERE id_lang = {id_lang}"))
    managed = _managed(home)
    assert [texts[item] for item in managed if not DELIVERY[id_lang].fullmatch(texts[item])] == []
    allowed = _allowed(home)
    assert {texts[item] == UNAVAILABLE[id_lang] for item in managed if allowed[item]} == {False}
    assert {texts[item] for item in managed if not allowed[item]} == {UNAVAILABLE[id_lang]}


def test_nothing_else_was_touched(home: Path, shop: MariaDb) -> None:
    written = {
        "ps_stock_available": "out_of_stock",
        "ps_product_lang": "available_later",
        "ps_product_attribute_lang": "available_later",
    }
    managed = _managed(home)
    for (table,) in _rows(shop, "SELECT table_name FROM information_schema.tables WHERE table_schema = 'fresh'"):
        columns = _rows(
            shop,
            "SELECT column_name FROM information_schema.columns"
            f" WHERE table_schema = 'fresh' AND table_name = '{table}'",
        )
        listed = ", ".join(f"`{name}`" for (name,) in columns if name != written.get(table))
        differing = f"SELECT {listed} FROM fresh.{table} EXCEPT SELECT {listed} FROM {DATABASE}.{table}"
        assert _rows(shop, differing) == [], table
    for table in ("ps_stock_available", "ps_product_lang"):
        listed = f"id_product, {written[table]}"
        changed = _rows(shop, f"SELECT {listed} FROM {DATABASE}.{table} EXCEPT ALL SELECT {listed} FROM fresh.{table}")
        ours = {row[0] for row in changed}
        assert ours, table
        assert ours <= managed, table


def test_stock_rows_of_the_other_scope_are_as_they_were(shop: MariaDb) -> None:
    there = "SELECT * FROM {}.ps_stock_available WHERE id_shop <> 1"
    assert _rows(shop, there.format(DATABASE))
    assert _rows(shop, f"{there.format(DATABASE)} EXCEPT {there.format('fresh')}") == []
