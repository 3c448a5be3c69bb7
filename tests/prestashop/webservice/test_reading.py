"""What is read through the Webservice are the rows that the database driver reads."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from demo.shop import make_shop
from demo.webservice import Request
from demo.webservice.asking import understand
from tasks.prestashop.model import ALL_FIELDS, Asked
from tests.parquet import read, write
from tests.prestashop.bench import Bench
from tests.prestashop.webservice.conftest import Remote, Serve

Rows = list[dict[str, Any]]
EVERYTHING: tuple[Asked, ...] = ("codes", "prices", "brands")
SCOPE = "id_product, id_product_attribute, id_shop, id_shop_group, quantity, out_of_stock"


def without_null_texts(rows: Rows) -> Rows:
    """Rows as the Webservice can tell them: NULL of a text is ''."""
    return [{**row, "value": "" if row["id_lang"] and row["value"] is None else row["value"]} for row in rows]


def same_as_database(remote: Remote, folder: Path) -> None:
    """Both ways tell the same catalogue and rows."""
    with remote.bench.open() as by_database, remote.open() as shop:
        for asked in (EVERYTHING[:0], EVERYTHING):
            theirs = read(by_database.read_catalogue(folder / "theirs.parquet", None, asked))
            assert read(shop.read_catalogue(folder / "ours.parquet", None, asked)) == theirs
        rows = read(by_database.read_rows(folder / "theirs.parquet", None, ALL_FIELDS))
        assert read(shop.read_rows(folder / "ours.parquet", None, ALL_FIELDS)) == without_null_texts(rows)


def test_the_same_rows_as_the_database(remote: Remote, tmp_path: Path) -> None:
    same_as_database(remote, tmp_path)


@pytest.mark.slow
def test_the_same_rows_in_every_version(any_shop: Bench, serve: Serve, tmp_path: Path) -> None:
    same_as_database(serve(any_shop), tmp_path)


def test_the_same_rows_where_shops_share_their_stock(sharing: Bench, serve: Serve, tmp_path: Path) -> None:
    sharing.sql(f"INSERT INTO ps_stock_available ({SCOPE}) VALUES (3, 0, 1, 0, 77, 1)")
    same_as_database(serve(sharing), tmp_path)


@pytest.mark.slow
def test_stock_rows_of_the_other_scope_are_left_out(own: Remote, tmp_path: Path) -> None:
    own.bench.sql(f"INSERT INTO ps_stock_available ({SCOPE}) VALUES (3, 0, 0, 1, 77, 1)")
    same_as_database(own, tmp_path)


@pytest.mark.slow
def test_also_where_the_shop_loses_filters(own: Remote, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forgetful(*arguments: Any) -> Request | None:
        request = understand(*arguments)
        for name in ("id_shop", "id_shop_group"):
            chosen = request.parameters.get("filter") if request else None
            if isinstance(chosen, dict):
                chosen.pop(name, None)
        return request

    monkeypatch.setattr("demo.webservice.server.understand", forgetful)
    own.bench.sql(f"INSERT INTO ps_stock_available ({SCOPE}) VALUES (3, 0, 0, 1, 77, 1)")
    same_as_database(own, tmp_path)


@pytest.mark.slow
def test_odd_products(own: Remote, tmp_path: Path) -> None:
    for change in (
        "UPDATE ps_product_shop SET active = 0, visibility = 'none', available_for_order = 0 WHERE id_product = 3",
        "UPDATE ps_product_shop SET available_date = '2030-01-01', price = 12.345678 WHERE id_product = 4",
        "UPDATE ps_product SET reference = '', ean13 = '', is_virtual = 1 WHERE id_product = 5",
        "UPDATE ps_product_lang SET name = 'a \"b\"; <c>, d\\'e & f', available_later = 'x' WHERE id_product = 6",
        "DELETE FROM ps_stock_available WHERE id_product = 7",
        "UPDATE ps_stock_available SET depends_on_stock = 1, quantity = -5 WHERE id_product = 8",
        "DELETE FROM ps_product_shop WHERE id_product = 9",
        "UPDATE ps_product SET id_manufacturer = 999 WHERE id_product = 10",
    ):
        own.bench.sql(change)
    same_as_database(own, tmp_path)


@pytest.mark.slow
def test_texts_of_inactive_languages_too(own: Remote, tmp_path: Path) -> None:
    own.bench.sql("UPDATE ps_lang SET active = 0 WHERE id_lang = 2")
    own.bench.set_text(3, "Ships today", id_lang=2)
    same_as_database(own, tmp_path)


def test_some_products_only(remote: Remote, tmp_path: Path) -> None:
    wanted = write(tmp_path / "wanted.parquet", "id_product BIGINT", [{"id_product": n} for n in (3, 7, 7, 999)])
    with remote.bench.open() as by_database, remote.open() as shop:
        theirs = remote.bench.rows(by_database, wanted)
        assert read(shop.read_rows(tmp_path / "ours.parquet", wanted)) == without_null_texts(theirs)


def test_nothing_is_asked_of_fields_that_nobody_wants(remote: Remote, tmp_path: Path) -> None:
    with remote.open() as shop:
        remote.service.requests.clear()
        rows = read(shop.read_rows(tmp_path / "ours.parquet", None, ["out_of_stock"]))
    assert {row["field"] for row in rows} == {"out_of_stock"}
    assert len(remote.service.requests) == 2  # stock rows, and ids of what the shop sells


@pytest.mark.slow
def test_the_first_products_with_all_their_combinations(remote: Remote, tmp_path: Path) -> None:
    with remote.bench.open() as by_database, remote.open() as shop:
        theirs = remote.bench.catalogue(by_database, 25)
        assert read(shop.read_catalogue(tmp_path / "ours.parquet", 25)) == theirs


def test_one_product_and_no_more(remote: Remote, tmp_path: Path) -> None:
    with_combinations = remote.bench.one("SELECT min(id_product) FROM ps_product_attribute")
    with remote.open() as shop:
        remote.service.requests.clear()
        rows = read(shop.read_catalogue(tmp_path / "ours.parquet", only=with_combinations))
    assert {row["id_product"] for row in rows} == {with_combinations}
    assert len(rows) > 1
    assert len(remote.service.requests) == 3


@pytest.mark.slow
def test_requests_of_a_usual_shop(serve: Serve, template: Bench, tmp_path: Path) -> None:
    """None for a single product."""
    template.server.create_database("usual")
    with template.server.connect("usual") as connection:
        make_shop(connection, 1_520)
    remote = serve(Bench(template.server, "usual", tmp_path))
    with remote.open() as shop:
        shop.read_catalogue(tmp_path / "catalogue.parquet")
        assert len(remote.service.requests) <= 22
        remote.service.requests.clear()
        shop.read_rows(tmp_path / "rows.parquet")
        assert len(remote.service.requests) <= 15
    same_as_database(remote, tmp_path)
