"""Two equal shops, one for each way in, and what may differ between them afterwards: each difference by name."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from blocks import PrestashopDatabase, PrestashopWebservice
from demo.webservice import Webservice, start_webservice
from tasks.prestashop.model import QUANTITY, Change
from tests.prestashop.bench import TEXTS, Bench, all_changes

NUMBERS = count(1)
Rows = list[dict[str, Any]]

# what a write of a product, or of a combination, through the Webservice changes besides
DATED = "date_upd"  # PrestaShop sets it
UNSET_TEXTS = {  # an empty text cannot be told from NULL in XML, and PrestaShop stores every field as a value
    "product": ("reference", "supplier_reference", "ean13", "isbn", "upc", "mpn", "location", "redirect_type"),
    "product_shop": ("redirect_type", "unity"),
    "product_lang": (
        "available_now", "available_later", "delivery_in_stock", "delivery_out_stock", "description",
        "description_short", "meta_description", "meta_keywords", "meta_title",
    ),
    "product_attribute": ("reference", "supplier_reference", "ean13", "isbn", "upc", "mpn", "location"),
    "product_attribute_lang": ("available_now", "available_later"),
}  # fmt: skip
UNSET_DATES = ("available_date",)  # NULL becomes 0000-00-00, which PrestaShop takes for the same
SHELF = "physical_quantity"  # no field of the Webservice: PrestaShop's own affair
CURRENCIES = """CREATE TABLE IF NOT EXISTS ps_currency (id_currency INT PRIMARY KEY, name VARCHAR(64), iso_code CHAR(3),
  conversion_rate DECIMAL(13,6), deleted TINYINT, active TINYINT) SELECT 1 AS id_currency, 'EUR' AS iso_code"""
NEVER_ALIKE = {  # of what a shop tells of itself
    "server": "MariaDB's version, or the address",
    "identity": "the server's own name, or the address",
    "physical_quantity": "only the database can write it",
    "plain_texts": "only PrestaShop looks at the signs of a text",
    "utf8mb3": "the Webservice doesn't tell: by the version",
}


@dataclass
class Twins:
    """A shop that is written through its database, and the same one written through its Webservice."""

    database: Bench
    webservice: Bench
    service: Webservice

    def blocks(self, **settings: Any) -> tuple[PrestashopDatabase, PrestashopWebservice]:
        """The block of each."""
        given = {"integration_id": 7, "product_listing_enabled": True, "policy": TEXTS, **settings}
        access = {"base_url": self.service.url, "api_key": SecretStr(self.service.key)}
        return self.database.block(**settings), PrestashopWebservice(**access, **given)

    def sql(self, statement: str, *values: Any) -> None:
        """Do the same to both."""
        for bench in (self.database, self.webservice):
            bench.sql(statement, *values)

    def warehouse(self) -> set[int]:
        """Products whose stock the shop's warehouses keep: the Webservice refuses their rows before 9."""
        return {row[0] for row in self.database.sql("SELECT id_product FROM ps_stock_available WHERE depends_on_stock")}

    def disturb(self, changes: Sequence[Change]) -> None:
        """Let somebody change both shops between plan and write: rows gone, rows changed, rows as they shall be."""
        ids = sorted({change.id_product for change in changes})
        plain = [one for one in ids if not any(c.id_product == one and c.id_product_attribute for c in changes)]
        gone, texts, flag, pieces, done, *_ = plain
        combined = next(one for one in ids if one not in plain)
        for table in ("product", "product_shop", "product_lang", "stock_available"):
            self.sql(f"DELETE FROM ps_{table} WHERE id_product = %s", gone)
        self.sql("DELETE FROM ps_stock_available WHERE id_product = %s AND id_product_attribute > 0 LIMIT 1", combined)
        self.sql("UPDATE ps_product_lang SET available_later = 'Ręcznie' WHERE id_product = %s AND id_lang = 1", texts)
        self.sql("UPDATE ps_stock_available SET out_of_stock = 1 - (out_of_stock = 1) WHERE id_product = %s", flag)
        self.sql("UPDATE ps_stock_available SET quantity = quantity - 5 WHERE id_product = %s", pieces)
        for change in changes:
            if change.id_product == done and change.id_lang is not None:
                column, where = change.field, "id_product = %s AND id_lang = %s"
                self.sql(f"UPDATE ps_product_lang SET {column} = %s WHERE {where}", change.after, done, change.id_lang)

    def differences(self) -> list[str]:
        """What the two shops hold that is not the same, but for what is allowed."""
        found = []
        for (table,) in self.database.sql("SHOW TABLES"):
            ours, theirs = (_rows(bench, table) for bench in (self.database, self.webservice))
            if len(ours) != len(theirs):
                found.append(f"{table}: {len(ours)} rows by the database, {len(theirs)} by the Webservice")
            found += [
                f"{table} {list(one.values())[:4]}: {name} is {one[name]!r} by the database, {other[name]!r}"
                for one, other in zip(ours, theirs, strict=False)
                for name in one
                if not _alike(table, name, one[name], other[name]) and not _is_sum(table, name, other, theirs)
            ]
        return found


def _rows(bench: Bench, table: str) -> Rows:
    names = [row[0] for row in bench.sql(f"SHOW COLUMNS FROM {table}")]
    key = [row[4] for row in bench.sql(f"SHOW INDEX FROM {table} WHERE Key_name = 'PRIMARY'")] or names
    columns, order = (", ".join(f"`{name}`" for name in some) for some in (names, key))
    return [dict(zip(names, row, strict=True)) for row in bench.sql(f"SELECT {columns} FROM {table} ORDER BY {order}")]


def _alike(table: str, name: str, ours: Any, theirs: Any) -> bool:
    if ours == theirs or name in (DATED, SHELF):
        return True
    if name in UNSET_DATES:
        return {str(ours), str(theirs)} <= {"None", "0000-00-00"}
    return name in UNSET_TEXTS.get(table.removeprefix("ps_"), ()) and not ours and not theirs


def _is_sum(table: str, name: str, row: dict[str, Any], rows: Rows) -> bool:
    """A product's own pieces: PrestaShop sums those of its combinations as they are, the database takes the plan's."""
    if table != "ps_stock_available" or name != "quantity" or row["id_product_attribute"]:
        return False
    scope = ("id_product", "id_shop", "id_shop_group")
    pieces = [
        one["quantity"]
        for one in rows
        if one["id_product_attribute"] and all(one[column] == row[column] for column in scope)
    ]
    return bool(pieces) and row["quantity"] == sum(pieces)


@contextmanager
def twins_of(made: Bench, folder: Path) -> Iterator[Twins]:
    """Two copies of a shop, the second one with a Webservice."""
    server, copies = made.server, []
    for _ in range(2):
        name = f"twin_{next(NUMBERS)}"
        server.create_database(name)
        with server.connect(name, autocommit=True) as connection, connection.cursor() as cursor:
            cursor.execute("SET sql_mode = 'NO_AUTO_VALUE_ON_ZERO'")
            for (table,) in made.sql("SHOW TABLES"):
                cursor.execute(f"CREATE TABLE `{table}` LIKE {made.database}.`{table}`")
                cursor.execute(f"INSERT INTO `{table}` SELECT * FROM {made.database}.`{table}`")
        copies.append(Bench(server, name, folder))
    try:
        with start_webservice(server, copies[1].database) as service:
            yield Twins(copies[0], copies[1], service)
    finally:
        for copy in copies:
            server.drop_database(copy.database)


def planned(rows: Iterable[dict[str, Any]], leaving: Collection[int] = ()) -> list[Change]:
    """Change everything that was read as a sync would: a product's pieces are the sum of its combinations'."""
    changes = [change for change in all_changes(rows) if change.id_product not in leaving]
    sums: dict[int, int] = {}
    for change in changes:
        if change.field == QUANTITY and change.id_product_attribute:
            sums[change.id_product] = sums.get(change.id_product, 0) + int(change.after or 0)
    return [
        change._replace(after=str(sums[change.id_product]))
        if change.field == QUANTITY and not change.id_product_attribute and change.id_product in sums
        else change
        for change in changes
    ]
