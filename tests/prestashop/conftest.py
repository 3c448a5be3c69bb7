"""Shops to read and write: synthetic ones, and the tables of installed shops where they are at hand."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from demo.servers import MariaDb, start_mariadb
from demo.shop import make_shop
from tests.prestashop.bench import Apply, Bench

INSTALLED = Path(__file__).parents[3] / "shared" / "prestashop"
VERSIONS = ("1.6.1.24", "1.7.8.11", "8.2.1", "9.1.4")
PRODUCTS = 60
NUMBERS = count(1)


def load_installed(server: MariaDb, version: str, folder: Path) -> Bench:
    """The tables of an installed shop in a fresh database; skips where they are not at hand."""
    dump = INSTALLED / f"catalogue-{version}.sql"
    if not dump.exists():
        pytest.skip(f"needs the tables of an installed PrestaShop {version}: {dump}")
    name = f"installed_{next(NUMBERS)}"
    server.create_database(name)
    server.load(name, dump)
    return Bench(server, name, folder)


def synthetic(server: MariaDb, version: str, folder: Path, *, share_stock: bool = False) -> Bench:
    """A synthetic shop of a version in a fresh database."""
    name = f"shop_{next(NUMBERS)}"
    server.create_database(name)
    with server.connect(name) as connection:
        make_shop(connection, PRODUCTS, version=version, share_stock=share_stock)
    return Bench(server, name, folder)


@pytest.fixture(scope="session")
def latin1_mariadb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MariaDb]:
    """A server whose default character set is latin1, as many a host has it."""
    with start_mariadb(tmp_path_factory.mktemp("latin1"), charset="latin1", durable=False) as server:
        yield server


@pytest.fixture(scope="session")
def template(mariadb: MariaDb, tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """A synthetic 8.2 shop that nobody changes."""
    return synthetic(mariadb, "8.2.1", tmp_path_factory.mktemp("template"))


@pytest.fixture
def still(template: Bench, tmp_path: Path) -> Bench:
    """A synthetic 8.2 shop, only to be read."""
    return Bench(template.server, template.database, tmp_path)


@pytest.fixture
def bench(template: Bench, tmp_path: Path) -> Iterator[Bench]:
    """A synthetic 8.2 shop of the test's own."""
    server, name = template.server, f"copy_{next(NUMBERS)}"
    server.create_database(name)
    copy = Bench(server, name, tmp_path)
    with server.connect(name, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute("SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO'")
        for (table,) in template.sql("SHOW TABLES"):
            cursor.execute(f"CREATE TABLE {table} LIKE {template.database}.{table}")
            cursor.execute(f"INSERT INTO {table} SELECT * FROM {template.database}.{table}")
    yield copy
    server.drop_database(name)


@pytest.fixture
def sharing(mariadb: MariaDb, tmp_path: Path) -> Bench:
    """A synthetic shop whose group shares its stock."""
    return synthetic(mariadb, "8.2.1", tmp_path, share_stock=True)


@pytest.fixture
def old(mariadb: MariaDb, tmp_path: Path) -> Bench:
    """A synthetic 1.6 shop: utf8mb3, no labels of combinations."""
    return synthetic(mariadb, "1.6.1.24", tmp_path)


@pytest.fixture(params=VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    """Each PrestaShop version that is tested."""
    return str(request.param)


@pytest.fixture(params=["synthetic", "installed", "installed on latin1"])
def any_shop(request: pytest.FixtureRequest, version: str, made: dict[tuple[str, str], Bench], tmp_path: Path) -> Bench:
    """Each version as a synthetic and as an installed shop, the latter on a server with latin1 too; only to be read."""
    kind = str(request.param)
    if (kind, version) not in made:
        server = request.getfixturevalue("latin1_mariadb" if "latin1" in kind else "mariadb")
        maker = synthetic if kind == "synthetic" else load_installed
        made[kind, version] = maker(server, version, tmp_path)
    shop = made[kind, version]
    return Bench(shop.server, shop.database, tmp_path)


@pytest.fixture(scope="session")
def made() -> dict[tuple[str, str], Bench]:
    """The shops that `any_shop` made already."""
    return {}


@pytest.fixture(params=[True, False], ids=["together", "row by row"])
def apply(request: pytest.FixtureRequest, tmp_path: Path) -> Apply:
    """Both ways of writing."""
    return Apply(together=request.param, folder=tmp_path)
