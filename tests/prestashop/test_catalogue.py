"""What the shop sells, as a file."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import duckdb
import pytest

from tests.parquet import CATALOGUE
from tests.prestashop.bench import Bench

AWKWARD = "a \"b\", 'c'\\N\t;\r\nd\n"


def test_the_columns_are_the_agreed_ones(still: Bench) -> None:
    with still.open() as shop:
        path = shop.read_catalogue(still.folder / "catalogue.parquet", asked={"codes", "prices", "brands"})
    described = duckdb.execute(f"DESCRIBE SELECT * FROM '{path}'").fetchall()
    assert [f"{name} {kind}" for name, kind, *_ in described] == " ".join(CATALOGUE.split()).split(", ")


def test_every_product_and_combination_once_in_order(any_shop: Bench) -> None:
    with any_shop.open() as shop:
        rows = [(row["id_product"], row["id_product_attribute"]) for row in any_shop.catalogue(shop)]
    products = any_shop.sql("SELECT id_product, 0 FROM ps_product_shop WHERE id_shop = 1")
    combinations = any_shop.sql(
        "SELECT id_product, id_product_attribute FROM ps_product_attribute JOIN ps_product_attribute_shop"
        " USING (id_product_attribute, id_product) WHERE id_shop = 1"
    )
    assert rows == sorted(products + combinations)


def test_values_are_the_shops(any_shop: Bench) -> None:
    with any_shop.open() as shop:
        rows = {row["id_product"]: row for row in any_shop.catalogue(shop) if not row["id_product_attribute"]}
        language = shop.info.default_id_lang
    own = any_shop.sql(
        "SELECT p.id_product, nullif(p.reference, ''), nullif(p.ean13, ''), l.name, s.quantity FROM ps_product p"
        " JOIN ps_product_lang l USING (id_product) JOIN ps_stock_available s USING (id_product)"
        " WHERE l.id_shop = 1 AND l.id_lang = %s AND s.id_shop = 1 AND s.id_product_attribute = 0",
        language,
    )
    assert own == [
        (row["id_product"], row["reference"], row["ean13"], row["name"], row["quantity"]) for row in rows.values()
    ]


def test_switches_and_prices_are_the_shops(any_shop: Bench) -> None:
    with any_shop.open() as shop:
        rows = any_shop.catalogue(shop, None, "prices", "brands")
    own = any_shop.sql(
        "SELECT s.id_product, coalesce(a.id_product_attribute, 0), coalesce(a.minimal_quantity, s.minimal_quantity),"
        " s.available_for_order = 1, s.visibility, s.price + coalesce(a.price, 0), m.name"
        " FROM ps_product p JOIN ps_product_shop s USING (id_product)"
        " LEFT JOIN (SELECT id_product, 0 AS id_product_attribute, NULL AS minimal_quantity, 0 AS price FROM ps_product"
        "  UNION ALL SELECT a.id_product, b.id_product_attribute, b.minimal_quantity, b.price"
        "  FROM ps_product_attribute a JOIN ps_product_attribute_shop b USING (id_product_attribute)"
        "  WHERE b.id_shop = 1) a USING (id_product)"
        " LEFT JOIN ps_manufacturer m USING (id_manufacturer) WHERE s.id_shop = 1 ORDER BY 1, 2"
    )
    names = ("minimal_quantity", "available_for_order", "visibility", "price", "brand")
    read = [(row["id_product"], row["id_product_attribute"], *(row[name] for name in names)) for row in rows]
    assert read == [(*row[:3], bool(row[3]), *row[4:]) for row in own]


def test_a_combination_has_its_own_price_and_least_quantity(bench: Bench) -> None:
    bench.sql(
        "UPDATE ps_product_shop SET price = 10.5, minimal_quantity = 2, visibility = 'search' WHERE id_product = 3"
    )
    bench.sql("UPDATE ps_product_shop SET available_for_order = 0 WHERE id_product = 3")
    bench.sql("UPDATE ps_product_attribute_shop SET price = -0.25, minimal_quantity = 6 WHERE id_product = 3")
    with bench.open() as shop:
        rows = [row for row in bench.catalogue(shop, 3, "prices") if row["id_product"] == 3]
    told = [(row["price"], row["minimal_quantity"], row["visibility"], row["available_for_order"]) for row in rows]
    assert set(told[1:]) == {(Decimal("10.25"), 6, "search", False)}
    assert told[0] == (Decimal("10.5"), 2, "search", False)


def test_what_is_not_asked_for_is_not_told(still: Bench) -> None:
    with still.open() as shop:
        rows = still.catalogue(shop)
    assert {(row["supplier_references"], row["price"], row["brand"]) for row in rows} == {(None, None, None)}


def test_brands_that_may_not_be_read_are_not_told(bench: Bench) -> None:
    bench.as_sync_user()
    bench.sql(f"REVOKE SELECT ON ps_manufacturer FROM '{bench.user}'@'%'")
    with bench.open() as shop:
        rows = bench.catalogue(shop, None, "brands", "prices")
    assert {row["brand"] for row in rows} == {None}
    assert None not in {row["price"] for row in rows}


def test_the_maker_of_many_products_is_known_for_all_of_them(bench: Bench) -> None:
    bench.sql("INSERT INTO ps_product_shop (id_product, id_shop, id_tax_rules_group, date_add, date_upd)"
              " SELECT seq, 1, 1, now(), now() FROM seq_1001_to_3500")  # fmt: skip
    bench.sql("INSERT INTO ps_product (id_product, id_manufacturer, id_tax_rules_group, date_add, date_upd)"
              " SELECT seq, 2, 1, now(), now() FROM seq_1001_to_3500")  # fmt: skip
    with bench.open() as shop:
        rows = bench.catalogue(shop, None, "brands")
    assert {row["brand"] for row in rows if row["id_product"] > 1000} == {"Bród & Synowie"}


@pytest.mark.parametrize("name", [AWKWARD, "\\N", "NULL", "'", '"', '""', ",", "Zażółć 🦊", " "])
def test_awkward_names_arrive_as_they_are(bench: Bench, name: str) -> None:
    bench.sql("UPDATE ps_product_lang SET name = %s WHERE id_product = 2 AND id_lang = 1", name)
    with bench.open() as shop:
        assert bench.catalogue(shop, limit=2)[1]["name"] == name


def test_packs_and_virtual_products_are_marked(bench: Bench) -> None:
    bench.sql("UPDATE ps_product SET cache_is_pack = id_product = 1, is_virtual = id_product = 2")
    with bench.open() as shop:
        marks = [(row["is_pack"], row["is_virtual"]) for row in bench.catalogue(shop, limit=2)]
    assert marks == [(True, False), (False, True)]


def test_a_pack_of_an_installed_shop(any_shop: Bench) -> None:
    packs = {id_product for (id_product,) in any_shop.sql("SELECT id_product FROM ps_product WHERE cache_is_pack = 1")}
    with any_shop.open() as shop:
        assert {row["id_product"] for row in any_shop.catalogue(shop) if row["is_pack"]} == packs


@pytest.mark.parametrize(("stored", "read"), [("0000-00-00", None), ("2035-06-01", date(2035, 6, 1))])
def test_a_date_of_zeros_is_no_date(bench: Bench, stored: str, read: date | None) -> None:
    bench.sql("UPDATE ps_product_shop SET available_date = %s", stored)
    with bench.open() as shop:
        assert bench.catalogue(shop, limit=1)[0]["available_date"] == read


def test_a_switched_off_product_is_there_and_marked(bench: Bench) -> None:
    bench.sql("UPDATE ps_product_shop SET active = id_product <> 2")
    with bench.open() as shop:
        assert [row["active"] for row in bench.catalogue(shop, limit=2)] == [True, False]


def test_depends_on_stock_is_row_0s_and_holds_for_combinations(bench: Bench) -> None:
    bench.sql("UPDATE ps_stock_available SET depends_on_stock = id_product = 3 AND id_product_attribute = 0")
    with bench.open() as shop:
        rows = bench.catalogue(shop)
    assert {row["id_product"] for row in rows if row["depends_on_stock"]} == {3}
    assert all(row["depends_on_stock"] for row in rows if row["id_product"] == 3)


def test_a_missing_stock_row_shows(bench: Bench) -> None:
    bench.sql("DELETE FROM ps_stock_available WHERE id_product = 2")
    with bench.open() as shop:
        rows = bench.catalogue(shop, limit=2)
    assert [(row["has_stock_row"], row["quantity"] is None) for row in rows] == [(True, False), (False, True)]


def test_quantities_come_from_the_shared_scope(sharing: Bench) -> None:
    sharing.sql("DELETE FROM ps_stock_available WHERE id_shop_group = 0 AND id_product = 1")
    sharing.sql("INSERT INTO ps_stock_available (id_product, id_product_attribute, id_shop, id_shop_group, quantity)"
                " VALUES (1, 0, 1, 0, 999)")  # fmt: skip
    sharing.sql("UPDATE ps_stock_available SET quantity = 42 WHERE id_product = 1 AND id_shop_group = 1")
    with sharing.open() as shop:
        assert sharing.catalogue(shop, limit=1)[0]["quantity"] == 42


def test_products_of_another_shop_are_not_ours(bench: Bench) -> None:
    bench.sql("UPDATE ps_product_shop SET id_shop = 2 WHERE id_product = 1")
    with bench.open() as shop:
        assert bench.catalogue(shop, limit=1)[0]["id_product"] == 2


def test_a_limit_counts_whole_products(bench: Bench) -> None:
    with bench.open() as shop:
        everything = bench.catalogue(shop)
        assert bench.catalogue(shop, limit=6) == [row for row in everything if row["id_product"] <= 6]


def test_an_empty_shop_is_an_empty_file(bench: Bench) -> None:
    bench.sql("DELETE FROM ps_product_shop")
    with bench.open() as shop:
        assert (bench.catalogue(shop), bench.rows(shop)) == ([], [])


def test_the_codes_of_all_suppliers_stand_by_their_names(bench: Bench) -> None:
    bench.sql("DELETE FROM ps_product_supplier")
    bench.sql(
        "INSERT INTO ps_product_supplier (id_product, id_product_attribute, id_supplier, product_supplier_reference,"
        " id_currency) VALUES (1, 0, 2, 'b', 1), (1, 0, 1, 'ą\"1', 1), (2, 0, 1, '', 1)"
    )
    with bench.open() as shop:
        found = [row["supplier_references"] for row in bench.catalogue(shop, 2, "codes")]
    assert found == ['{"Acme Hurt":"ą\\"1","Baltic Trade":"b"}', None]
