"""Where one size is measured: two equal shops (ours, and one written row by row), their state, and the feed."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pymysql.connections import Connection

from demo.feeds import CSV_HEADER
from demo.servers import MariaDb, Postgres
from demo.shop import grant_sync_user, make_shop

OURS, ROW_BY_ROW = "bench_ours", "bench_row_by_row"
PASSWORD = "bench-only"  # noqa: S105  (of a server that lives as long as the benchmark)
ENOUGH, FEW = 50, 5  # pieces: above and below the policy's threshold of 20
DAYS = ("24h", "2", "3", "5")
ONE_IN = 20  # 5 %


@dataclass(frozen=True)
class Servers:
    """The private servers of one benchmark."""

    mariadb: MariaDb
    postgres: Postgres


@dataclass(frozen=True)
class Place:
    """Databases of one size by name, the folder of its archive, and the supplier's file."""

    servers: Servers
    products: int
    home: Path
    feed: Path

    @property
    def environment(self) -> dict[str, str]:
        """What our runs need."""
        return {
            "REXBIT_DATABASE_URL": self.servers.postgres.url(OURS),
            "REXBIT_HOME": str(self.home),
            **shop_environment(self.servers.mariadb, OURS),
            "ACME_SOURCE": str(self.feed),
        }


def shop_environment(mariadb: MariaDb, database: str) -> Mapping[str, str]:
    """The variables of blocks.example.yaml, for one of the shops."""
    return {
        "SHOP_7_HOST": mariadb.host,
        "SHOP_7_PORT": str(mariadb.port),
        "SHOP_7_DATABASE": database,
        "SHOP_7_USER": f"sync_{database}",
        "SHOP_7_PASSWORD": PASSWORD,
    }


def make_place(servers: Servers, products: int, home: Path) -> Place:
    """Make both shops anew, with an empty state database and the first feed."""
    home.mkdir(parents=True)
    place = Place(servers, products, home, home / "acme.csv")
    for database in (OURS, ROW_BY_ROW):
        servers.mariadb.drop_database(database)
        servers.mariadb.create_database(database)
        with servers.mariadb.connect(database) as connection:
            make_shop(connection, products=products)
            grant_sync_user(connection, database, "ps_", f"sync_{database}", PASSWORD)
        servers.postgres.drop_database(database)
    servers.postgres.create_database(OURS)
    write_feed(place, changed=False)
    return place


def write_feed(place: Place, *, changed: bool) -> None:
    """Write the supplier's file: every product of the shop; `changed` moves 5 % of them across the threshold."""
    with place.servers.mariadb.connect(OURS) as connection, place.feed.open("w", encoding="cp1250", newline="") as out:
        writer = csv.writer(out, delimiter=";")
        writer.writerow(CSV_HEADER)
        for number, (reference, ean) in enumerate(_products(connection)):
            enough = (number % 5 < 3) != (changed and number % ONE_IN == 0)
            stock, days = ENOUGH if enough else FEW, DAYS[number % len(DAYS)]
            writer.writerow((reference, ean, f"Produkt {number}", stock, "12,50", days, "15,38", "23%", "", "", "szt."))


def _products(connection: Connection) -> tuple[tuple[str, str], ...]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT reference, ean13 FROM ps_product WHERE reference <> '' ORDER BY id_product")
        return tuple(cursor.fetchall())


def copy_state(place: Place) -> None:
    """Copy our state database before the first run: the row-by-row way starts from the same."""
    with place.servers.postgres.connect() as connection:
        connection.execute(f"CREATE DATABASE {ROW_BY_ROW} TEMPLATE {OURS}".encode())
    with place.servers.postgres.connect(ROW_BY_ROW) as connection:
        connection.execute("VACUUM ANALYZE integration_product_links")


def check_equal(place: Place) -> None:
    """Both shops and both sets of links hold the same; RuntimeError otherwise, for then the two times say nothing."""
    compared = {
        "product_lang": ("available_later", "id_product, id_shop, id_lang"),
        "stock_available": ("out_of_stock", "id_stock_available"),
    }
    with place.servers.mariadb.connect() as connection, connection.cursor() as cursor:
        for table, (value, key) in compared.items():
            cursor.execute(
                f"SELECT count(*) FROM {OURS}.ps_{table} a JOIN {ROW_BY_ROW}.ps_{table} b USING ({key})"
                f" WHERE NOT (CAST(a.{value} AS BINARY) <=> CAST(b.{value} AS BINARY))"
            )
            (differing,) = cursor.fetchone() or (0,)
            if differing:
                raise RuntimeError(f"expected the same rows in both shops, {differing} of ps_{table} differ")
    links = [_links(place, database) for database in (OURS, ROW_BY_ROW)]
    if differing := len(links[0] ^ links[1]):
        raise RuntimeError(f"expected the same links in both state databases, {differing} differ")


def _links(place: Place, database: str) -> set[tuple[Any, ...]]:
    columns = "integration_id, product_id, external_product_id, sku, ean, metadata::text, supplier_availability"
    with place.servers.postgres.connect(database) as connection:
        rows = connection.execute(f"SELECT {columns}::text FROM integration_product_links".encode())
        return set(rows.fetchall())
