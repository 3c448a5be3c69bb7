"""Two equal shops, one for each way in, and what may differ between them afterwards: each difference by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
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
                if not _alike(table, name, one[name], other[name])
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


@contextmanager
def twins_of(made: Bench) -> Iterator[Twins]:
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
        copies.append(Bench(server, name, made.folder))
    try:
        with start_webservice(server, copies[1].database) as service:
            yield Twins(copies[0], copies[1], service)
    finally:
        for copy in copies:
            server.drop_database(copy.database)


def planned(rows: Iterable[dict[str, Any]]) -> list[Change]:
    """Change everything that was read as a sync would: a product's pieces are the sum of its combinations'."""
    changes = all_changes(rows)
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
