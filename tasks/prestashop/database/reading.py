"""The shop's rows into Parquet: taken from MySQL as CSV that the server makes, typed and put in order by DuckDB."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from tasks.duck import Desk, desk
from tasks.prestashop.database.connection import Ids, explained
from tasks.prestashop.database.session import ServerWarningError, Session
from tasks.prestashop.database.targets import in_chunks
from tasks.prestashop.model import ALL_FIELDS, FLAG, LATER, NOW, QUANTITY, STOCK_FIELDS, Asked, Field, ShopInfo
from tasks.prestashop.scopes import scope_of
from tasks.prestashop.table_file import load_rows

ASKED_AT_ONCE = 100_000  # ids

PRODUCTS = (
    "id_product",
    "reference",
    "ean13",
    "name",
    "active",
    "is_virtual",
    "is_pack",
    "available_date",
    "depends_on_stock",
    "quantity",
    "minimal_quantity",
    "available_for_order",
    "visibility",
    "price",
    "id_manufacturer",
)
COMBINATIONS = (
    "id_product",
    "id_product_attribute",
    "reference",
    "ean13",
    "available_date",
    "quantity",
    "minimal_quantity",
    "price",
)
ITEM = ("id_product", "id_product_attribute")
REFERENCES = (*ITEM, "id_supplier", "supplier", "reference")
MANUFACTURERS = ("id_manufacturer", "name")
TEXTS = (*ITEM, "id_lang", NOW, LATER)
STOCK = (*ITEM, FLAG, QUANTITY)


class Part(NamedTuple):
    """Some products, by their ids in order, and what else a statement asks for."""

    ids: Ids
    scope: Mapping[str, Any]

    @property
    def values(self) -> dict[str, Any]:
        """The values for a statement."""
        return {**self.scope, "ids": self.ids, "first": self.ids[0], "last": self.ids[-1]}


class _Reading:
    """The desk and folder of one reading; takes query after query to the desk."""

    def __init__(self, session: Session, at: Desk, folder: Path) -> None:
        self.session = session
        self.desk = at
        self.folder = folder

    def take(
        self,
        table: str,
        columns: Sequence[str],
        query: str | None,
        parts: Sequence[Part],
        empty: Collection[str] = (),
    ) -> None:
        """Lay the query's rows on the desk as VARCHAR columns; None, or no parts, makes an empty table.

        `empty`: columns that are not asked for, NULL on the desk.
        """
        path = self.folder / f"{table}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            for part in parts if query else ():
                for lines in self._lines(str(query), columns, part, empty):
                    file.write(lines + "\n")
        load_rows(self.desk, table, columns, path)
        path.unlink()

    def _lines(self, query: str, columns: Sequence[str], part: Part, empty: Collection[str]) -> Iterator[str]:
        """The rows of some products as text; in smaller parts where the server can't send them at once."""
        try:
            lines = self.session.lines(query, columns, part.values, empty)
        except ServerWarningError:
            if len(part.ids) == 1:
                raise
            half = len(part.ids) // 2
            for ids in (part.ids[:half], part.ids[half:]):
                yield from self._lines(query, columns, part._replace(ids=Ids(ids)), empty)
        else:
            if lines is not None:
                yield lines


@contextmanager
def _reading(session: Session, to: Path) -> Iterator[_Reading]:
    to.parent.mkdir(parents=True, exist_ok=True)
    with (
        explained(session.address),
        tempfile.TemporaryDirectory(prefix="shop-", dir=to.parent) as folder,
        desk() as at,
    ):
        yield _Reading(session, at, Path(folder))


def read_catalogue(
    session: Session,
    info: ShopInfo,
    to: Path,
    limit: int | None,
    asked: Collection[Asked],
    only: int | None = None,
) -> Path:
    """Write `catalogue.parquet`; `limit` counts products, whose combinations all come along; `only`: of one product."""
    scope = {**scope_of(info).values, "id_lang": info.default_id_lang}
    brands = "brands" in asked and info.tells_brands
    told = {"price": "prices" in asked, "id_manufacturer": brands}
    empty = {column for column, is_told in told.items() if not is_told}
    with _reading(session, to) as reading:
        ids = _sold(session, info)[:limit] if only is None else [only]
        parts = [Part(chunk, scope) for chunk in in_chunks(ids)]
        reading.take("products", PRODUCTS, "catalogue_products", parts, empty)
        reading.take("combinations", COMBINATIONS, "catalogue_combinations", parts, empty)
        codes = "supplier_references" if "codes" in asked and info.tells_supplier_codes else None
        reading.take("supplier_references", REFERENCES, codes, parts)
        # all makers at once
        reading.take("manufacturers", MANUFACTURERS, "manufacturers" if brands else None, parts[:1])
        reading.desk.run("prestashop/desk/catalogue.sql")
        return reading.desk.save("catalogue", to)


def read_rows(session: Session, info: ShopInfo, to: Path, products: Path | None, fields: Collection[Field]) -> Path:
    """Write `shop_rows.parquet` for the `id_product` of a Parquet file; None is everything the shop sells."""
    scope = {**scope_of(info).values, "languages": tuple(language.id_lang for language in info.languages)}
    has_texts = info.languages and not STOCK_FIELDS.issuperset(fields)
    has_stock = not STOCK_FIELDS.isdisjoint(fields)
    empty = set(ALL_FIELDS).difference(fields)
    with _reading(session, to) as reading:
        ids = _sold(session, info) if products is None else _wanted(reading, products)
        parts = [Part(chunk, scope) for chunk in in_chunks(ids)]
        reading.take("texts", TEXTS, "rows_texts" if has_texts else None, parts, empty)
        reading.take("labels", TEXTS, "rows_labels" if info.combination_labels and has_texts else None, parts, empty)
        reading.take("stock", STOCK, "rows_stock" if has_stock else None, parts, empty)
        reading.desk.run("prestashop/desk/shop_rows.sql", {"fields": list(fields)})
        return reading.desk.save("shop_rows", to)


def _sold(session: Session, info: ShopInfo) -> list[int]:
    """Ids of the products that the shop sells, in order."""
    ids: list[int] = []
    while True:
        values = {"id_shop": info.id_shop, "after": ids[-1] if ids else 0, "limit": ASKED_AT_ONCE}
        ((listed,),) = session.rows("product_ids", values)
        if listed is None:
            return ids
        ids += map(int, listed.split(","))


def _wanted(reading: _Reading, products: Path) -> list[int]:
    reading.desk.show(wanted=products)
    wanted = reading.desk.connection.execute("SELECT DISTINCT id_product::BIGINT FROM wanted ORDER BY 1")
    return [int(row[0]) for row in wanted.fetchall()]
