"""The shop's current flags and texts, as a file."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import duckdb
import pytest

from tasks.prestashop.model import ALL_FIELDS, STOCK_FIELDS, USUAL_FIELDS, Field
from tests.parquet import SHOP_ROWS, write
from tests.prestashop.bench import Bench


def test_the_columns_are_the_agreed_ones(still: Bench) -> None:
    with still.open() as shop:
        path = shop.read_rows(still.folder / "rows.parquet")
    described = duckdb.execute(f"DESCRIBE SELECT * FROM '{path}'").fetchall()
    assert [f"{name} {kind}" for name, kind, *_ in described] == SHOP_ROWS.split(", ")


def stored(bench: Bench, field: Field, *, labels: bool) -> list[tuple[Any, ...]]:
    """All values of a field, by plain SQL."""
    if field in STOCK_FIELDS:
        return bench.sql(
            f"SELECT id_product, id_product_attribute, NULL, %s, CAST({field} AS CHAR) FROM ps_stock_available"
            " WHERE id_shop = 1 AND id_shop_group = 0",
            field,
        )
    query = f"SELECT id_product, 0, id_lang, %s, {field} FROM ps_product_lang WHERE id_shop = 1"
    label_query = (
        f"SELECT a.id_product, l.id_product_attribute, l.id_lang, %s, l.{field} FROM ps_product_attribute_lang l"
        " JOIN ps_product_attribute a USING (id_product_attribute)"
    )
    return bench.sql(query, field) + (bench.sql(label_query, field) if labels else [])


@pytest.mark.parametrize(
    "fields",
    [USUAL_FIELDS, ALL_FIELDS, ["available_now"], ["quantity"]],
    ids=["usual fields", "all fields", "available_now", "quantity"],
)
def test_every_value_of_the_shop(any_shop: Bench, fields: Collection[Field]) -> None:
    with any_shop.open() as shop:
        rows = any_shop.rows(shop, fields=fields)
        labels = shop.info.combination_labels
    read = [(r["id_product"], r["id_product_attribute"], r["id_lang"], r["field"], r["value"]) for r in rows]
    there = [row for field in fields for row in stored(any_shop, field, labels=labels)]
    assert sorted(map(str, read)) == sorted(map(str, there))


@pytest.mark.parametrize("text", [None, "", " ", "x ", "X", "\\N", 'a"b,c\nd', "Zażółć 🦊"])
def test_texts_arrive_exactly(bench: Bench, text: str | None) -> None:
    bench.set_text(1, text)
    bench.set_text(2, "x")
    with bench.open() as shop:
        rows = bench.rows(shop, write(bench.folder / "p.parquet", "id_product BIGINT", [{"id_product": 1}]))
    (value,) = [row["value"] for row in rows if row["field"] == "available_later" and row["id_lang"] == 1]
    assert value == text


def test_only_the_asked_products(still: Bench) -> None:
    asked = write(still.folder / "p.parquet", "id_product INTEGER", [{"id_product": 6}, {"id_product": 2}])
    with still.open() as shop:
        assert {row["id_product"] for row in still.rows(shop, asked)} == {2, 6}


def test_nothing_asked_nothing_read(still: Bench) -> None:
    with still.open() as shop:
        assert still.rows(shop, write(still.folder / "p.parquet", "id_product BIGINT")) == []


def test_flags_of_the_shared_scope_only(sharing: Bench) -> None:
    sharing.sql("UPDATE ps_stock_available SET out_of_stock = id_shop = 0")
    with sharing.open() as shop:
        assert {row["value"] for row in sharing.rows(shop) if row["field"] == "out_of_stock"} == {"1"}


def test_flags_of_the_own_scope_only(bench: Bench) -> None:
    bench.sql(
        "INSERT INTO ps_stock_available (id_product, id_product_attribute, id_shop, id_shop_group, out_of_stock)"
        " VALUES (1, 0, 0, 1, 1)"
    )
    with bench.open() as shop:
        values = [r["value"] for r in bench.rows(shop) if r["id_product"] == 1 and r["field"] == "out_of_stock"]
    assert values == ["2"]


def test_texts_of_another_shop_are_not_ours(bench: Bench) -> None:
    bench.sql(
        "INSERT INTO ps_product_lang (id_product, id_shop, id_lang, link_rewrite, name, available_later)"
        " SELECT id_product, 2, id_lang, link_rewrite, name, 'B2B' FROM ps_product_lang"
    )
    with bench.open() as shop:
        assert "B2B" not in {row["value"] for row in bench.rows(shop)}


def test_more_products_than_one_statement_takes(bench: Bench) -> None:
    bench.sql("INSERT INTO ps_product_shop (id_product, id_shop, id_tax_rules_group, date_add, date_upd)"
              " SELECT seq, 1, 1, now(), now() FROM seq_1001_to_3500")  # fmt: skip
    bench.sql("INSERT INTO ps_stock_available (id_product, id_product_attribute, id_shop, id_shop_group)"
              " SELECT seq, 0, 1, 0 FROM seq_1001_to_3500")  # fmt: skip
    with bench.open() as shop:
        assert len([row for row in bench.rows(shop) if row["id_product"] > 1000]) == 2500
