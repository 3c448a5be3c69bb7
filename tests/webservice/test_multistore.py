"""Several shops in one: what each shows, where writes go; and the tables of installed shops."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.servers import MariaDb
from demo.shop import make_shop
from demo.webservice import start_webservice
from tests.webservice.conftest import EIGHT, NUMBERS, VERSIONS, Shop, codes, labels

INSTALLED = Path(__file__).parents[3] / "shared" / "prestashop"


@pytest.fixture(scope="module")
def stores(mariadb: MariaDb) -> Iterator[Shop]:
    """Shops 1 and 2 of one group (product 1 to 10 are in both), and 3, switched off."""
    name = f"stores_{next(NUMBERS)}"
    mariadb.create_database(name)
    with mariadb.connect(name) as connection:
        make_shop(connection, 20, version=EIGHT)
    with start_webservice(mariadb, name) as service:
        shop = Shop(EIGHT, mariadb, name, service)
        shop.sql("INSERT INTO ps_shop VALUES (2, 1, 'Drugi', 2, 'classic', 1, 0), (3, 1, 'Trzeci', 2, 'classic', 0, 0)")
        shop.sql("INSERT INTO ps_lang_shop SELECT id_lang, 2 FROM ps_lang_shop")
        copy = "CREATE TEMPORARY TABLE copied SELECT * FROM {table} WHERE id_product <= 10"
        for table in ("ps_product_shop", "ps_product_lang"):
            with mariadb.connect(name, autocommit=True) as connection, connection.cursor() as cursor:
                cursor.execute(copy.format(table=table))
                cursor.execute("UPDATE copied SET id_shop = 2")
                cursor.execute(f"INSERT INTO {table} SELECT * FROM copied")
        yield shop


def labels_of(shop: Shop, id_product: int) -> dict[int, str]:
    query = "SELECT id_shop, available_later FROM ps_product_lang WHERE id_product = %s AND id_lang = 1"
    return dict(shop.sql(query, id_product))


def patch(shop: Shop, id_product: int, **parameters: str) -> None:
    answer = shop.patch("products", f"<product><id>{id_product}</id>{labels('here', 'tu')}</product>", **parameters)
    assert answer.status_code == 200


def test_a_list_holds_the_products_of_the_shop(stores: Shop) -> None:
    assert len(stores.ids("products")) == 20
    assert stores.ids("products", id_shop="2", sort="[id_ASC]") == list(range(1, 11))


def test_a_product_of_another_shop_is_404_with_a_code(stores: Shop) -> None:
    answer = stores.get("products/15", id_shop="2")
    assert (answer.status_code, codes(answer)) == (404, [131])


@pytest.mark.slow
@pytest.mark.parametrize("id_shop", ["3", "all"])
def test_a_switched_off_shop_redirects(stores: Shop, id_shop: str) -> None:
    assert stores.get("products", id_shop=id_shop).status_code == 302


def test_texts_are_written_to_the_shop_asked_for(stores: Shop) -> None:
    stores.sql("UPDATE ps_product_lang SET available_later = 'old' WHERE id_product = 1")
    patch(stores, 1, id_shop="2")
    assert labels_of(stores, 1) == {1: "old", 2: "here"}


@pytest.mark.slow
def test_without_a_shop_the_main_one_is_written(stores: Shop) -> None:
    stores.sql("UPDATE ps_product_lang SET available_later = 'old' WHERE id_product = 2")
    patch(stores, 2)
    assert labels_of(stores, 2) == {1: "here", 2: "old"}


@pytest.mark.slow
def test_a_group_is_written_as_a_whole(stores: Shop) -> None:
    stores.sql("UPDATE ps_product_lang SET available_later = 'old' WHERE id_product = 4")
    patch(stores, 4, id_group_shop="1")
    assert labels_of(stores, 4) == {1: "here", 2: "here"}


def test_a_write_takes_the_product_into_the_shop(stores: Shop) -> None:
    patch(stores, 16, id_shop="2")
    assert labels_of(stores, 16)[2] == "here"
    assert 16 in stores.ids("products", id_shop="2")
    stores.sql("DELETE FROM ps_product_shop WHERE id_product = 16 AND id_shop = 2")


@pytest.mark.slow
def test_a_key_may_be_for_some_shops_only(stores: Shop) -> None:
    with start_webservice(stores.server, stores.database, shops=frozenset((1,))) as service:
        answers = [stores.client.get(f"{service.url}api/products", params={"id_shop": one}) for one in (1, 2)]
    assert [(answer.status_code, codes(answer)) for answer in answers] == [(200, []), (403, [132])]


@pytest.mark.slow
def test_a_shared_stock_counts_in_its_own_rows(mariadb: MariaDb) -> None:
    name = f"stores_{next(NUMBERS)}"
    mariadb.create_database(name)
    with mariadb.connect(name) as connection:
        make_shop(connection, 5, version=EIGHT, share_stock=True)
    with start_webservice(mariadb, name) as service:
        shop = Shop(EIGHT, mariadb, name, service)
        (found,) = shop.json("products", display="[stock_availables[id]]", filter_id="1")["products"]
        row = shop.json(f"stock_availables/{found['associations']['stock_availables'][0]['id']}")["stock_available"]
    assert (row["id_shop"], row["id_shop_group"]) == ("0", "1")


@pytest.mark.slow
@pytest.mark.parametrize("version", VERSIONS)
def test_the_tables_of_installed_shops_can_be_served(mariadb: MariaDb, version: str) -> None:
    dump = INSTALLED / f"catalogue-{version}.sql"
    if not dump.exists():
        pytest.skip(f"needs the tables of an installed PrestaShop {version}: {dump}")
    name = f"stores_{next(NUMBERS)}"
    mariadb.create_database(name)
    mariadb.load(name, dump)
    with start_webservice(mariadb, name) as service:
        shop = Shop(version, mariadb, name, service)
        assert len(shop.ids("products")) == shop.one("SELECT COUNT(*) FROM ps_product_shop WHERE id_shop = 1")
        for path in ("products", "combinations", "stock_availables", "suppliers", "languages", "shops"):
            assert shop.get(path, display="full").status_code == 200
        answer = shop.put("products", shop.product(1))
        assert (answer.status_code, answer.headers["PSWS-Version"]) == (200, version)
