"""A shop that counts what is written to it, and in which a sync can be held in the middle of its work."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from typing import Any

from pymysql.connections import Connection
from pymysql.cursors import DictCursor

from demo.servers import MariaDb

LONGEST_SECONDS = 120
KEPT_SECONDS = 110  # below the time that a sync waits for an answer
ROW_IDS = {"stock_available": "NEW.id_stock_available", "product_lang": "NEW.id_product * 10 + NEW.id_lang"}
COUNTING = "CREATE TABLE counted (name varchar(32), row_id bigint, value varchar(255)) ENGINE InnoDB"
TRIGGER = """
    CREATE TRIGGER count_{table} AFTER UPDATE ON ps_{table} FOR EACH ROW BEGIN
        IF NOT (NEW.{column} <=> OLD.{column}) THEN
            INSERT INTO counted VALUES ('{table}', {row_id}, NEW.{column});
        END IF;
        IF NEW.id_product >= {from_product} THEN
            DO GET_LOCK('{lock}', {seconds});
            DO RELEASE_LOCK('{lock}');
        END IF;
    END"""
COLUMNS = {"stock_available": "out_of_stock", "product_lang": "available_later"}
WAITING = "SELECT 1 FROM information_schema.processlist WHERE db = %s AND state = 'User lock'"
RECORDED = (
    "SELECT id_product, id_product_attribute, id_lang, field, value FROM shop_written WHERE integration_id = {shop}"
)


class HeldShop:
    """A copy of a shop's database; `hold` lets no row of its last products be written until `let_go`."""

    def __init__(self, mariadb: MariaDb, model: str, integration_id: int) -> None:
        self.mariadb = mariadb
        self.integration_id = integration_id
        self.database = f"{model}_{integration_id}"
        self._lock = f"hold_{self.database}"
        self._holder: Connection[Any] | None = None
        mariadb.create_database(self.database)
        with mariadb.connect(model, autocommit=True) as connection, connection.cursor() as cursor:
            cursor.execute("SET sql_mode = ''")
            cursor.execute("SHOW TABLES")
            for (table,) in cursor.fetchall():
                cursor.execute(f"CREATE TABLE {self.database}.{table} LIKE {table}")
                cursor.execute(f"INSERT INTO {self.database}.{table} SELECT * FROM {table}")
        self._count_writes()

    def _count_writes(self) -> None:
        with self.mariadb.connect(self.database, autocommit=True) as connection, connection.cursor() as cursor:
            cursor.execute(COUNTING)
            cursor.execute("SELECT max(id_product) - 200 FROM ps_product")
            ((from_product,),) = cursor.fetchall()
            for table, row_id in ROW_IDS.items():
                values = {"row_id": row_id, "column": COLUMNS[table], "from_product": from_product}
                cursor.execute(TRIGGER.format(table=table, lock=self._lock, seconds=KEPT_SECONDS, **values))

    def query(self, text: str, *values: object) -> list[dict[str, Any]]:
        with self.mariadb.connect(self.database) as connection, connection.cursor(DictCursor) as cursor:
            cursor.execute(text, values)
            return list(cursor.fetchall())

    def hold(self) -> None:
        """From now on whoever comes to the last products waits there, inside its transaction."""
        self._holder = self.mariadb.connect(autocommit=True)
        with self._holder.cursor() as cursor:
            cursor.execute("SELECT GET_LOCK(%s, 0)", (self._lock,))
            assert cursor.fetchone() == (1,)

    def let_go(self) -> None:
        if self._holder:
            self._holder.close()
            self._holder = None

    def wait_until_held(self) -> None:
        """Until a sync has written its first windows and waits in the last."""
        deadline = time.monotonic() + LONGEST_SECONDS
        while not self.query(WAITING, self.database):
            assert time.monotonic() < deadline, f"no sync of {self.database} came to its last products"
            time.sleep(0.2)
        assert self.query("SELECT 1 FROM counted LIMIT 1"), "held before it wrote anything: no crash in the middle"

    def written_more_than_once(self) -> int:
        """Rows that were changed, and changed again."""
        counts = Counter((row["name"], row["row_id"]) for row in self.query("SELECT name, row_id FROM counted"))
        return sum(1 for count in counts.values() if count > 1)

    def not_as_wanted(self, references: Iterable[str]) -> int:
        """Offered products whose flag or texts are not what a supplier with 30 pieces and 3 days makes of them."""
        wanted = set(references)
        rows = self.query(
            "SELECT p.reference, s.out_of_stock, min(l.available_later = if(l.id_lang = 1, 'Wysyłka za 3 dni',"
            " 'Ships in 3 days')) AS told FROM ps_product p JOIN ps_stock_available s USING (id_product)"
            " JOIN ps_product_lang l USING (id_product) WHERE s.id_product_attribute = 0 AND s.id_shop = 1"
            " AND l.id_shop = 1 GROUP BY p.id_product, s.id_stock_available"
        )
        return sum(1 for row in rows if row["reference"] in wanted and (row["out_of_stock"], row["told"]) != (1, 1))

    def not_as_recorded(self, ours: Any) -> int:
        """Rows of our record that say something else than the shop holds; `ours` is a connection to our database."""
        recorded = ours.execute(RECORDED.format(shop=self.integration_id)).fetchall()  # first: the shop is ahead of it
        flags = {
            (row["id_product"], row["id_product_attribute"]): str(row["out_of_stock"])
            for row in self.query("SELECT * FROM ps_stock_available WHERE id_shop = 1")
        }
        texts = {
            (row["id_product"], row["id_lang"]): row["available_later"]
            for row in self.query("SELECT * FROM ps_product_lang WHERE id_shop = 1")
        }
        return sum(
            1
            for product, combination, lang, field, value in recorded
            if value != (flags[product, combination] if field == "out_of_stock" else texts.get((product, lang)))
        )
