"""The shop's rows into Parquet: streamed from MySQL into text files, typed and put in order by DuckDB."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tasks.duck import Desk, desk
from tasks.prestashop.capabilities import SUPPLIER_REFERENCES, scope_of
from tasks.prestashop.connection import explained
from tasks.prestashop.model import ShopInfo
from tasks.prestashop.session import Session
from tasks.prestashop.table_file import load_rows, write_rows
from tasks.prestashop.targets import in_chunks

NO_LIMIT = 2**63 - 1

PRODUCTS = (
    "id_product",
    "reference",
    "ean13",
    "name",
    "supplier_reference",
    "active",
    "is_virtual",
    "is_pack",
    "available_date",
    "depends_on_stock",
    "quantity",
    "id_supplier",
)
COMBINATIONS = (
    "id_product",
    "id_product_attribute",
    "reference",
    "ean13",
    "supplier_reference",
    "available_date",
    "quantity",
)
REFERENCES = ("id_product", "id_product_attribute", "id_supplier", "reference")
TEXTS = ("items", "id_lang", "available_now", "available_later")
FLAGS = ("items", "out_of_stock")


class _Reading:
    """The desk and folder of one reading; takes query after query to the desk."""

    def __init__(self, session: Session, at: Desk, folder: Path) -> None:
        self.session = session
        self.desk = at
        self.folder = folder

    def take(self, table: str, columns: Sequence[str], query: str | None, parts: Sequence[Mapping[str, Any]]) -> None:
        """Lay the query's rows on the desk as VARCHAR columns; None, or no parts, makes an empty table."""
        path = self.folder / f"{table}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            for values in parts if query else ():
                for rows in self.session.stream(str(query), values):
                    write_rows(file, rows)
        load_rows(self.desk, table, columns, path)
        path.unlink()


@contextmanager
def _reading(session: Session, to: Path) -> Iterator[_Reading]:
    to.parent.mkdir(parents=True, exist_ok=True)
    with (
        explained(session.address),
        tempfile.TemporaryDirectory(prefix="shop-", dir=to.parent) as folder,
        desk() as at,
    ):
        yield _Reading(session, at, Path(folder))


def read_catalogue(session: Session, info: ShopInfo, to: Path, limit: int | None) -> Path:
    """Write `catalogue.parquet`; `limit` counts products, whose combinations all come along."""
    scope = scope_of(info).values
    values = {**scope, "id_lang": info.default_id_lang, "limit": NO_LIMIT if limit is None else limit}
    with _reading(session, to) as reading:
        reading.take("products", PRODUCTS, "catalogue_products", [values])
        last = reading.desk.rows("SELECT max(id_product::BIGINT) AS id FROM products")[0]["id"]
        values = {**scope, "last_product": last or 0}
        reading.take("combinations", COMBINATIONS, "catalogue_combinations", [values])
        references = None if SUPPLIER_REFERENCES in info.switched_off else "supplier_references"
        reading.take("supplier_references", REFERENCES, references, [values])
        reading.desk.run("prestashop/desk/catalogue.sql")
        return reading.desk.save("catalogue", to)


def read_rows(session: Session, info: ShopInfo, to: Path, products: Path | None) -> Path:
    """Write `shop_rows.parquet` for the `id_product` of a Parquet file; None is everything the shop sells."""
    values = {**scope_of(info).values, "languages": tuple(language.id_lang for language in info.languages)}
    with _reading(session, to) as reading:
        ids = _wanted_ids(reading, info, products)
        parts = [{**values, "ids": chunk} for chunk in in_chunks(ids)]
        texts = "rows_texts" if info.languages else None
        reading.take("texts", TEXTS, texts, parts)
        reading.take("labels", TEXTS, "rows_labels" if info.combination_labels and texts else None, parts)
        reading.take("flags", FLAGS, "rows_flags", parts)
        reading.desk.run("prestashop/desk/shop_rows.sql")
        return reading.desk.save("shop_rows", to)


def _wanted_ids(reading: _Reading, info: ShopInfo, products: Path | None) -> list[int]:
    if products is None:
        batches = reading.session.stream("product_ids", {"id_shop": info.id_shop})
        return [int(row[0]) for batch in batches for row in batch]
    reading.desk.load(wanted=products)
    wanted = reading.desk.connection.execute("SELECT DISTINCT id_product::BIGINT FROM wanted ORDER BY 1")
    return [int(row[0]) for row in wanted.fetchall()]
