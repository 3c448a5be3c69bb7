"""What the flow tests share: texts, a mapping, and a shop with one feed to play with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pymysql.cursors import DictCursor

from blocks import PrestashopDatabase, SupplierFeed
from demo.servers import MariaDb

TEXTS: list[dict[str, str]] = [
    {"language": "pl"},
    {
        "language": "en",
        "available": "Available from the supplier",
        "unavailable": "Not available",
        "delivery": "Ships in {days_text}",
        "same_day": "Ships today",
    },
]
AT_ONCE = {"settle_seconds": 0}  # a test writes its file whole, so there is nothing to wait for
MAPPING = {"sku": "Symbol", "ean": "EAN", "stock_quantity": "Stan", "delivery_days": "Termin"}
Rows = list[dict[str, Any]]


@dataclass
class World:
    """A shop in MariaDB, and a supplier's CSV file."""

    mariadb: MariaDb
    database: str
    shop: PrestashopDatabase
    feed: SupplierFeed

    def query(self, text: str, *values: object) -> Rows:
        """Rows of the shop's database, by plain SQL."""
        with self.mariadb.connect(self.database) as connection, connection.cursor(DictCursor) as cursor:
            cursor.execute(text, values)
            return list(cursor.fetchall())

    def execute(self, text: str, *values: object) -> None:
        """Do to the shop what its back office, or somebody else, would."""
        with self.mariadb.connect(self.database, autocommit=True) as connection, connection.cursor() as cursor:
            cursor.execute(text, values)

    def references(self) -> list[str]:
        """References of plain products that only one product has, in the order of the shop's ids."""
        rows = self.query(
            "SELECT min(p.id_product) AS id, p.reference FROM ps_product p"
            " WHERE p.is_virtual = 0 AND p.cache_is_pack = 0 AND p.reference <> ''"
            " AND (p.available_date IS NULL OR p.available_date < '2026-01-01')"
            " AND NOT EXISTS (SELECT 1 FROM ps_product_attribute a WHERE a.id_product = p.id_product)"
            " AND NOT EXISTS"
            " (SELECT 1 FROM ps_stock_available s WHERE s.id_product = p.id_product AND depends_on_stock)"
            " GROUP BY upper(p.reference) HAVING count(*) = 1 ORDER BY id"
        )
        return [row["reference"] for row in rows]

    def write_feed(self, lines: Iterable[tuple[str, object, object]]) -> None:
        """(reference, stock, days) as the supplier's file."""
        rows = [f"{reference};;{stock};{days}" for reference, stock, days in lines]
        Path(self.feed.source).write_text("\n".join(["Symbol;EAN;Stan;Termin", *rows, ""]), encoding="utf-8")

    def flag(self, reference: str) -> int:
        """`out_of_stock` of a product's row 0."""
        rows = self.query(
            "SELECT s.out_of_stock FROM ps_stock_available s JOIN ps_product p USING (id_product)"
            " WHERE p.reference = %s AND s.id_product_attribute = 0 AND s.id_shop = 1",
            reference,
        )
        return int(rows[0]["out_of_stock"])

    def text(self, reference: str, iso_code: str) -> str:
        """`available_later` of a product in a language."""
        rows = self.query(
            "SELECT l.available_later FROM ps_product_lang l JOIN ps_product p USING (id_product)"
            " JOIN ps_lang g USING (id_lang) WHERE p.reference = %s AND g.iso_code = %s AND l.id_shop = 1",
            reference,
            iso_code,
        )
        return str(rows[0]["available_later"])

    def everything(self) -> dict[str, Rows]:
        """All rows of the tables that a sync could touch."""
        tables = ("stock_available", "product_lang", "product_attribute_lang", "product", "product_shop")
        return {table: self.query(f"SELECT * FROM ps_{table} ORDER BY 1, 2, 3") for table in tables}
