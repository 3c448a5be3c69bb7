"""How the server runs our statements: by the key that its columns make, never by merging indexes."""

from __future__ import annotations

from typing import Any

import pytest

from tasks.prestashop.connection import Ids
from tasks.prestashop.database import DatabaseShop
from tasks.prestashop.targets import IDS_A_STATEMENT
from tests.prestashop.bench import Bench, flag_change

VALUES = {
    "ids": Ids(range(1, IDS_A_STATEMENT + 1)),
    "rows": Ids(range(1, IDS_A_STATEMENT + 1)),
    "languages": (1, 2),
    "id_lang": 1,
    "id_shop": 1,
    "stock_shop": 1,
    "stock_group": 0,
    "after": "1",
    "before": "0",
}


@pytest.fixture
def crowded(bench: Bench) -> Bench:
    """Enough stock rows for the server to have a choice."""
    bench.sql(
        "INSERT INTO ps_stock_available (id_product, id_product_attribute, id_shop, id_shop_group)"
        " SELECT seq, 0, 1, 0 FROM seq_1001_to_20000"
    )
    bench.sql("ANALYZE TABLE ps_stock_available")
    return bench


def plan(shop: DatabaseShop, name: str, ending: str = "") -> tuple[Any, Any]:
    """Type and key of the only table in a statement's plan."""
    with shop.session.connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + shop.session.text(name) + ending, VALUES)
        (row,) = cursor.fetchall()
        return row[3], row[5]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("held_texts", "PRIMARY"),
        ("held_labels", "PRIMARY"),
        ("held_flags", "product_sqlstock"),
        ("write_texts", "PRIMARY"),
        ("write_labels", "PRIMARY"),
        ("write_flags", "PRIMARY"),
        ("count_flags", "PRIMARY"),
        ("rows_flags", "product_sqlstock"),
    ],
)
def test_a_statement_runs_along_its_key(crowded: Bench, name: str, key: str) -> None:
    with crowded.open() as shop:
        assert plan(shop, name, "\nFOR UPDATE" if name.startswith("held") else "") == ("range", key)


@pytest.mark.parametrize("name", ["moje klucze", "100%", "a`b"])
def test_the_key_is_found_by_its_columns_whatever_its_name(crowded: Bench, name: str) -> None:
    quoted = name.replace("`", "``")
    crowded.sql(
        f"ALTER TABLE ps_stock_available DROP KEY product_sqlstock, ADD UNIQUE KEY `{quoted}`"
        " (id_product, id_product_attribute, id_shop, id_shop_group)"
    )
    with crowded.open() as shop:
        assert plan(shop, "held_flags") == ("range", name)
        assert [one.outcome for one in shop.apply_window([flag_change(1, "2", "1")])] == ["written"]


def test_a_list_that_is_cut_short_is_an_error(crowded: Bench) -> None:
    with crowded.open() as shop:
        with shop.session.connection.cursor() as cursor:
            cursor.execute("SET SESSION group_concat_max_len = 100")
        with pytest.raises(Exception, match="cut by"):
            shop.session.rows("held_flags", VALUES)
