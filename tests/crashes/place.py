"""A shop, our database and an archive, on servers that may be killed, and how all is made as it was before."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pymysql.cursors import DictCursor

from demo.servers import MariaDb, Postgres, start_mariadb, start_postgresql
from demo.shop import make_shop
from tests.crashes.serving import Service

PRODUCTS = 40
FEWER = 20  # where each row takes a request
SHOP, KEPT = "struck_shop", "kept_shop"
WRITTEN_TABLES = ("product_lang", "product_attribute_lang", "stock_available")
WATCHED_TABLES = (*WRITTEN_TABLES, "product", "product_shop", "product_attribute", "product_attribute_shop")
CHANGING = ("out_of_stock", "available_later")
SET_BY_PRESTASHOP = (*CHANGING, "date_upd")
UNSET = ("", "0000-00-00")
ARCHIVE_BYTES = 16 * 1024 * 1024

Row = dict[str, Any]
Key = tuple[Any, ...]
Values = dict[Key, str | None]
"""What the shop holds: (id_product, id_product_attribute, id_lang (0 where none), field) -> value."""


@dataclass
class Place:
    """Where runs happen.

    `starts`: what was kept by name, to begin from again, and `databases`: of which shop; `shop` is the present one's
    database. `services`: Webservices of shops, by the name of the driver that writes through it.
    """

    folder: Path
    mariadb: MariaDb
    postgres: Postgres
    can_fill: bool  # the archive is a file system of its own
    starts: dict[str, dict[str, list[Row]]] = field(default_factory=dict)
    databases: dict[str, str] = field(default_factory=dict)
    shop: str = SHOP
    services: dict[str, Service] = field(default_factory=dict)

    @property
    def archive(self) -> Path:
        return self.folder / "archive"

    @property
    def environment(self) -> dict[str, str]:
        """What a run needs to know."""
        return {
            "REXBIT_DATABASE_URL": self.postgres.url(),
            "REXBIT_HOME": str(self.folder / "home"),
            "REXBIT_ARCHIVE": str(self.archive),
        }

    def kill_mariadb(self) -> None:
        """As a power cut would; what InnoDB has in its log is all that is left."""
        self.mariadb._process.process.kill()
        self.mariadb._process.process.wait()

    def start_mariadb(self) -> None:
        self.mariadb = start_mariadb(self.folder / "mariadb", self.mariadb.port)

    def kill_postgres(self) -> None:
        self.postgres._process.process.kill()
        self.postgres._process.process.wait()

    def start_postgres(self) -> None:
        self.postgres = start_postgresql(self.folder / "postgresql", self.postgres.port)

    def fill_archive(self) -> None:
        """Until not a byte more goes in."""
        with (self.archive / "filler").open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(1024))
            except OSError:
                return

    def empty_archive(self) -> None:
        (self.archive / "filler").unlink(missing_ok=True)

    def kill_services(self) -> None:
        for service in self.services.values():
            service.kill()

    def start_services(self) -> None:
        for service in self.services.values():
            service.start()

    def add_shop(self, name: str, version: str) -> None:
        """Make another shop, of a version, with a Webservice."""
        self.shop = f"struck_{len(self.services)}"
        self.mariadb.create_database(self.shop)
        with self.mariadb.connect(self.shop) as connection:
            make_shop(connection, products=FEWER, version=version)
            with connection.cursor() as cursor:
                cursor.execute("UPDATE ps_stock_available SET location = concat('A-', id_stock_available)")
            connection.commit()
        self.services[name] = Service(self.mariadb, self.shop)

    def shop_rows(self) -> dict[str, list[Row]]:
        """All rows of the tables that are written, and of those that a driver could touch."""
        with self.mariadb.connect(self.shop) as connection, connection.cursor(DictCursor) as cursor:
            rows = {}
            for table in self._watched():
                cursor.execute(f"SELECT * FROM ps_{table} ORDER BY 1, 2, 3")
                rows[table] = list(cursor.fetchall())
        return rows

    def recorded(self) -> list[Row]:
        """What we say that we wrote."""
        with self.postgres.connect() as connection:
            found = connection.execute("SELECT * FROM shop_written")
            names = [column.name for column in found.description or ()]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of our database."""
        with self.postgres.connect() as connection:
            return connection.execute(query.encode()).fetchall()

    def end_lease(self) -> None:
        """Let the lease of a dead run run out without waiting."""
        self.ask("UPDATE leases SET expires_at = acquired_at RETURNING 1")

    def keep(self, name: str) -> None:
        """Remember all three as they are now."""
        self.starts[name] = self.shop_rows()
        self.databases[name] = self.shop
        with self.mariadb.connect(autocommit=True) as connection, connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE `{KEPT}_{name}`")
            for table in self.starts[name]:
                cursor.execute(f"CREATE TABLE `{KEPT}_{name}`.{table} AS SELECT * FROM {self.shop}.ps_{table}")
        with self.postgres.connect() as ours:
            ours.execute(f'CREATE SCHEMA "{name}"'.encode())
            for table in self._tables():
                ours.execute(f'CREATE TABLE "{name}".{table} AS TABLE public.{table}'.encode())
        shutil.copytree(self.archive, self.folder / f"archive-{name}")

    def begin(self, name: str) -> None:
        """Make all three as they were kept."""
        self.shop = self.databases[name]
        with self.mariadb.connect(self.shop) as connection, connection.cursor() as cursor:
            cursor.execute("SET sql_mode = ''")
            for table in self.starts[name]:
                cursor.execute(f"REPLACE INTO ps_{table} SELECT * FROM `{KEPT}_{name}`.{table}")
            connection.commit()
        self.forget()
        with self.postgres.connect() as ours, ours.transaction():
            for table in self._tables():
                ours.execute(f'INSERT INTO public.{table} TABLE "{name}".{table}'.encode())
        shutil.copytree(self.folder / f"archive-{name}", self.archive, dirs_exist_ok=True)

    def forget(self) -> None:
        """Empty our database and the archive."""
        with self.postgres.connect() as ours:
            ours.execute(f"TRUNCATE {', '.join(f'public.{table}' for table in self._tables())} CASCADE".encode())
        for left in self.archive.iterdir():
            shutil.rmtree(left) if left.is_dir() else left.unlink()

    def _watched(self) -> list[str]:
        """Tables that this version has."""
        with self.mariadb.connect(self.shop) as connection, connection.cursor() as cursor:
            cursor.execute("SHOW TABLES")
            found = {name for (name,) in cursor.fetchall()}
        return [table for table in WATCHED_TABLES if f"ps_{table}" in found]

    def _tables(self) -> list[str]:
        """Ours, those that others refer to first."""
        found = self.ask(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE '%version%'"
            " ORDER BY tablename <> 'products', tablename"
        )
        return [name for (name,) in found]


@contextmanager
def make_place(folder: Path) -> Iterator[Place]:
    """Durable servers of our own, a small shop, and an archive that can be filled up where we may mount one."""
    archive = folder / "archive"
    archive.mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={ARCHIVE_BYTES}", "tmpfs", str(archive)]
    can_fill = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    try:
        with start_mariadb(folder / "mariadb") as mariadb, start_postgresql(folder / "postgresql") as postgres:
            mariadb.create_database(SHOP)
            with mariadb.connect(SHOP) as connection:
                make_shop(connection, products=PRODUCTS)
            place = Place(folder, mariadb, postgres, can_fill)
            yield place
            place.kill_services()
            place.mariadb.stop()  # which may be others than those that were started first
            place.postgres.stop()
    finally:
        if can_fill:
            subprocess.run(["umount", str(archive)], check=True)


def values(rows: Mapping[str, list[Row]]) -> Values:
    """What can be written, by its key."""
    combinations = {row["id_product_attribute"]: row["id_product"] for row in rows["stock_available"]}
    held: Values = {}
    for row in rows["product_lang"]:
        held[row["id_product"], 0, row["id_lang"], "available_later"] = row["available_later"]
    for row in rows.get("product_attribute_lang", []):  # since 8.1
        number = row["id_product_attribute"]
        held[combinations[number], number, row["id_lang"], "available_later"] = row["available_later"]
    for row in rows["stock_available"]:
        if row["id_shop"] == 1:
            held[row["id_product"], row["id_product_attribute"], 0, "out_of_stock"] = str(row["out_of_stock"])
    return held


def others(rows: Mapping[str, list[Row]], *, by_prestashop: bool) -> dict[str, list[Row]]:
    """What is never written; by PrestaShop but for what it does by itself whenever it saves.

    That is to set `date_upd`, and to store a text or date that is NULL as an empty one.
    """
    never, unset = (SET_BY_PRESTASHOP, UNSET) if by_prestashop else (CHANGING, ())
    return {
        table: [
            {name: None if value in unset else value for name, value in row.items() if name not in never}
            for row in found
        ]
        for table, found in rows.items()
    }
