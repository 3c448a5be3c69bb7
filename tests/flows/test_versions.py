"""Every PrestaShop version, sharing stock or not, on a latin1 server too: the same promise to the customer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from blocks import PrestashopDatabase, SupplierFeed
from demo.servers import MariaDb
from demo.shop import make_shop
from flows import import_catalog, import_feed, sync_availability
from tests.flows.installed import VERSIONS, load_dump
from tests.flows.world import AT_ONCE, MAPPING, TEXTS, World

# reference -> (stock, days, wanted flag, wanted text in English)
OFFERS: dict[str, tuple[int, int, int, str]] = {
    "ALF-0001": (30, 3, 1, "Ships in 3 days"),
    "ALF-0002": (5, 3, 0, "Not available"),
    "0000123": (30, 1, 1, "Ships in 1 day"),
    "123": (19, 1, 0, "Not available"),
    "Zażółć-6": (20, 0, 1, "Ships today"),
    "ALF 0004": (99, 10, 1, "Ships in 10 days"),
}


def share_stock(world: World) -> None:
    """Switch stock sharing on as PrestaShop does: the rows of the group count from now on, the shop's stay behind."""
    world.execute("UPDATE ps_shop_group SET share_stock = 1")
    world.execute(
        "INSERT INTO ps_stock_available (id_product, id_product_attribute, id_shop, id_shop_group, quantity,"
        " depends_on_stock, out_of_stock) SELECT id_product, id_product_attribute, 0, 1, quantity, depends_on_stock, 2"
        " FROM ps_stock_available WHERE id_shop = 1"
    )


@pytest.fixture(params=VERSIONS)
def installed(
    request: pytest.FixtureRequest,
    mariadb: MariaDb,
    shop_database: Callable[..., str],
    shop_block: Callable[..., PrestashopDatabase],
    home: Path,
    tmp_path: Path,
) -> World:
    """The catalogue of an installed shop and a feed for some of its products."""
    database = shop_database("installed_shop")
    load_dump(mariadb, database, request.param)
    feed = SupplierFeed(integration_id=6, source=str(tmp_path / "a.csv"), mapping=MAPPING, fetching=AT_ONCE)
    world = World(mariadb, database, shop_block(database), feed)
    world.write_feed([(reference, stock, days) for reference, (stock, days, *_) in OFFERS.items()])
    return world


def run_all(world: World) -> Any:
    import_catalog(world.shop)
    import_feed(world.feed)
    return sync_availability(world.shop)


def held(world: World, scope: str) -> dict[str, tuple[int, str]]:
    """Reference -> flag in a stock scope, and English text, of all products that have one of our texts."""
    rows = world.query(
        "SELECT p.reference, s.out_of_stock, l.available_later FROM ps_product p JOIN ps_stock_available s"
        " ON s.id_product = p.id_product AND s.id_product_attribute = 0"
        " JOIN ps_product_lang l ON l.id_product = p.id_product AND l.id_shop = 1"
        " JOIN ps_lang g ON g.id_lang = l.id_lang AND g.iso_code = 'en'"
        f" WHERE {scope} AND (l.available_later LIKE 'Ships%%' OR l.available_later = 'Not available')"
    )
    return {row["reference"]: (row["out_of_stock"], row["available_later"]) for row in rows}


WANTED = {reference: (flag, text) for reference, (_, _, flag, text) in OFFERS.items()}


def test_an_installed_shop_holds_what_was_decided_and_a_second_sync_writes_nothing(installed: World) -> None:
    run_all(installed)
    assert held(installed, "s.id_shop = 1 AND s.id_shop_group = 0") == WANTED
    assert run_all(installed).rows_written == 0


@pytest.mark.slow
def test_an_installed_shop_that_shares_stock(installed: World) -> None:
    share_stock(installed)
    behind = installed.query("SELECT * FROM ps_stock_available WHERE id_shop = 1 ORDER BY 1")
    run_all(installed)
    assert held(installed, "s.id_shop = 0 AND s.id_shop_group = 1") == WANTED
    assert installed.query("SELECT * FROM ps_stock_available WHERE id_shop = 1 ORDER BY 1") == behind


@pytest.mark.slow
def test_row_0_and_combinations_of_an_installed_shop_agree(installed: World) -> None:
    parent = installed.query(
        "SELECT p.id_product, p.reference FROM ps_product p JOIN ps_product_attribute a USING (id_product)"
        " WHERE p.reference <> '' AND p.is_virtual = 0 ORDER BY 1 LIMIT 1"
    )[0]
    installed.write_feed([(parent["reference"], 30, 2)])
    run_all(installed)
    flags = installed.query("SELECT out_of_stock FROM ps_stock_available WHERE id_product = %s", parent["id_product"])
    assert len(flags) > 1
    assert {row["out_of_stock"] for row in flags} == {1}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    "shared",
    [pytest.param(False, id="own stock rows"), pytest.param(True, id="shared stock rows", marks=pytest.mark.slow)],
)
@pytest.mark.slow
def test_our_own_tables_of_each_version(
    mariadb: MariaDb,
    shop_database: Callable[..., str],
    shop_block: Callable[..., PrestashopDatabase],
    home: Path,
    tmp_path: Path,
    version: str,
    shared: bool,
) -> None:
    database = shop_database("own_shop")
    with mariadb.connect(database) as connection:
        make_shop(connection, products=40, version=version, share_stock=shared)
    feed = SupplierFeed(integration_id=6, source=str(tmp_path / "a.csv"), mapping=MAPPING, fetching=AT_ONCE)
    world = World(mariadb, database, shop_block(database), feed)
    on, off, *_ = world.references()
    world.write_feed([(on, 20, 3), (off, 19, 3)])
    assert run_all(world).written == 2
    scope = "s.id_shop = 0 AND s.id_shop_group = 1" if shared else "s.id_shop = 1 AND s.id_shop_group = 0"
    assert held(world, scope) == {on: (1, "Ships in 3 days"), off: (0, "Not available")}


@pytest.mark.slow
def test_a_server_whose_default_is_latin1(latin1_mariadb: MariaDb, home: Path, tmp_path: Path) -> None:
    from tests.flows.conftest import block_of

    latin1_mariadb.drop_database("shop")
    latin1_mariadb.create_database("shop")
    with latin1_mariadb.connect("shop") as connection:
        make_shop(connection, products=40)
    feed = SupplierFeed(integration_id=6, source=str(tmp_path / "a.csv"), mapping=MAPPING, fetching=AT_ONCE)
    world = World(latin1_mariadb, "shop", block_of(latin1_mariadb, "shop", policy={"texts": TEXTS}), feed)
    on = world.references()[0]
    world.write_feed([(on, 20, 3)])
    run_all(world)
    assert world.text(on, "pl") == "Wysyłka za 3 dni"
    assert run_all(world).rows_written == 0
