"""A shop of twelve products with its supplier, on real databases: what the model is compared with."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pymysql

from blocks import ShopBlock, SupplierFeed
from demo.servers import MariaDb
from demo.shop import make_shop
from flows import import_catalog, import_feed, sync_availability, undo_sync
from tasks import archive
from tasks.errors import Refused
from tests.crashes.model import Offer, Policy, Product
from tests.crashes.place import WRITTEN_TABLES, Key, Row, Values, values
from tests.flows.conftest import block_of
from tests.flows.world import AT_ONCE, MAPPING

PRODUCTS = 12  # with a product whose sizes share its reference, one whose sizes have their own, a pack, a virtual one
DATABASE, KEPT = "small_shop", "small_shop_kept"
STOCK_ROW = "id_product = %s AND id_product_attribute = %s AND id_shop = 1"
GONE = 1094  # a connection that was to be killed


class SmallShop:
    """Shop, state database and archive; `begin` makes all three new."""

    def __init__(self, server: MariaDb, folder: Path) -> None:
        self._server = server
        self._folder = folder
        self._source = folder / "acme.csv"
        self._feed = SupplierFeed(
            integration_id=6,
            contractor_id=5,
            source=str(self._source),
            mapping=MAPPING,
            fetching=AT_ONCE,
            absence="sold_out",
        )
        self.products: dict[int, Product] = {}
        self.sets: list[str] = []
        self._connection: Any = None

    @property
    def environment(self) -> dict[str, str]:
        home = self._folder / "home"
        return {"REXBIT_HOME": str(home), "REXBIT_DATABASE_URL": f"sqlite:///{home / 'rexbit.db'}"}

    @property
    def references(self) -> list[str]:
        """Of all that a supplier could offer."""
        names = {
            one for product in self.products.values() for one in (product.reference, *product.combinations.values())
        }
        return sorted(names)

    def prepare(self) -> None:
        """Make the shop, know its catalogue, and keep both."""
        for database in (DATABASE, KEPT):
            self._server.drop_database(database)
            self._server.create_database(database)
        with self._server.connect(DATABASE) as connection:
            make_shop(connection, products=PRODUCTS)
        self._connection = self._server.connect(DATABASE, autocommit=True)
        self._ask("SET sql_mode = ''")
        for table in WRITTEN_TABLES:
            self._ask(f"CREATE TABLE {KEPT}.{table} AS SELECT * FROM ps_{table}")
        for id_product, reference, alone in self._ask(
            "SELECT id_product, reference, is_virtual OR cache_is_pack FROM ps_product"
        ):
            found = self._ask(
                "SELECT id_product_attribute, reference FROM ps_product_attribute WHERE id_product = %s", id_product
            )
            self.products[id_product] = Product(reference, dict(found), bool(alone))
        import_catalog.fn(self._block(Policy()))
        shutil.copytree(self._folder / "home", self._folder / "kept")

    def close(self) -> None:
        self._connection.close()
        for database in (DATABASE, KEPT):
            self._server.drop_database(database)

    def begin(self) -> None:
        for table in WRITTEN_TABLES:
            self._ask(f"REPLACE INTO ps_{table} SELECT * FROM {KEPT}.{table}")
        shutil.rmtree(self._folder / "home")
        shutil.copytree(self._folder / "kept", self._folder / "home")
        self.sets = []

    def import_feed(self, offers: Mapping[str, Offer]) -> None:
        lines = [f"{reference};;{offer.stock};{offer.days}" for reference, offer in offers.items()]
        self._source.write_text("\n".join(["Symbol;EAN;Stan;Termin", *lines, ""]), encoding="utf-8")
        assert import_feed.fn(self._feed).status in ("completed", "unchanged")

    def sync(self, policy: Policy, *, with_shop: bool) -> str:
        """The status, or the refusal's name."""
        try:
            summary = sync_availability.fn(self._block(policy), compare="shop" if with_shop else "state")
        except Refused:
            return "Refused"
        if summary.status == "completed":
            self.sets.append(str(summary.change_set_id))
        return summary.status

    def undo(self, policy: Policy, number: int, products: set[int] | None) -> None:
        named = None if products is None else [f"shop:{id_product}" for id_product in sorted(products)]
        summary = undo_sync.fn(self._block(policy), self.sets[number], "próba", products=named)
        if summary.change_set_id:
            self.sets.append(summary.change_set_id)

    def bury(self) -> None:
        """What is left of a dead process goes: its connections, and in time its lease."""
        others = "SELECT id FROM information_schema.processlist WHERE db = %s AND id <> connection_id()"
        while left := self._ask(others, DATABASE):
            for (number,) in left:
                try:
                    self._ask(f"KILL {int(number)}")
                except pymysql.MySQLError as error:
                    if error.args[0] != GONE:
                        raise
        self._state("DELETE FROM leases")

    def newest_set(self, known: int) -> tuple[bool, bool]:
        """Whether a change set beyond the known ones was begun, and whether it was ended."""
        rows = self._state("SELECT id, ended_at FROM change_sets ORDER BY begun_at")
        if len(rows) == known:
            return False, False
        self.sets.append(rows[-1][0])
        return True, rows[-1][1] is not None

    def unfinished_sets(self) -> set[int]:
        """Change sets that were begun and not ended."""
        return {self.sets.index(one) for (one,) in self._state("SELECT id FROM change_sets WHERE ended_at IS NULL")}

    def has_outcomes(self) -> bool:
        return (archive.find("changes", 7, self.sets[-1]) / "outcomes.parquet").exists()

    def end_holds(self) -> None:
        self._state("UPDATE pins SET until = '2020-01-01 00:00:00.000000'")

    def pinned(self) -> tuple[set[int], bool]:
        """Products that are held, and whether the shop is paused."""
        rows = self._state(
            "SELECT external_product_id FROM pins p LEFT JOIN integration_product_links l"
            " ON l.product_id = p.product_id AND l.integration_id = p.integration_id"
            " WHERE p.kind = 'hold' AND p.ended_at IS NULL AND p.until > '2021-01-01'"
        )
        return {int(item) for (item,) in rows if item}, (None,) in rows

    def edit(self, key: Key, value: str) -> None:
        """Somebody else's change of a row."""
        id_product, number, id_lang, name = key
        if name in ("out_of_stock", "quantity"):
            self._ask(f"UPDATE ps_stock_available SET {name} = %s WHERE {STOCK_ROW}", value, id_product, number)
        elif number:
            text = "UPDATE ps_product_attribute_lang SET available_later = %s WHERE id_product_attribute = %s"
            self._ask(f"{text} AND id_lang = %s", value, number, id_lang)
        else:
            text = "UPDATE ps_product_lang SET available_later = %s WHERE id_product = %s AND id_lang = %s"
            self._ask(f"{text} AND id_shop = 1", value, id_product, id_lang)

    def held(self) -> Values:
        """What the shop holds, pieces too."""
        rows: dict[str, list[Row]] = {}
        for table in WRITTEN_TABLES:
            with self._connection.cursor() as cursor:
                cursor.execute(f"SELECT * FROM ps_{table}")
                names = [column[0] for column in cursor.description]
                rows[table] = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        pieces = {
            (row["id_product"], row["id_product_attribute"], 0, "quantity"): str(row["quantity"])
            for row in rows["stock_available"]
            if row["id_shop"] == 1
        }
        return {**values(rows), **pieces}

    def recorded(self) -> Values:
        return {key: value for key, value, _ in self._written()}

    def originals(self) -> Values:
        return {key: original for key, _, original in self._written()}

    def _written(self) -> list[tuple[Key, Any, Any]]:
        columns = "id_product, id_product_attribute, id_lang, field, value, original"
        return [(row[:4], row[4], row[5]) for row in self._state(f"SELECT {columns} FROM shop_written")]

    def _block(self, policy: Policy) -> ShopBlock:
        texts = [
            {
                "language": language,
                "unavailable": policy.text(id_lang, None),
                "same_day": policy.text(id_lang, 0),
                "delivery": policy.text(id_lang, 7).replace("7", "{days}"),
            }
            for id_lang, language in ((1, "pl"), (2, "en"))
        ]
        rules = {"min_stock_threshold": policy.threshold, "resume_threshold": policy.resume, "texts": texts}
        return block_of(self._server, DATABASE, policy=rules, gate={"enabled": False})

    def _ask(self, query: str, *given: Any) -> list[tuple[Any, ...]]:
        with self._connection.cursor() as cursor:
            cursor.execute(query, given or None)
            return list(cursor.fetchall())

    def _state(self, query: str) -> list[tuple[Any, ...]]:
        with sqlite3.connect(self._folder / "home" / "rexbit.db") as connection:
            return connection.execute(query).fetchall()
