"""The shop's rows into Parquet: taken from the Webservice in pages, typed and put in order by DuckDB.

NULL and '' look alike in the Webservice, so a text that is not there is '': so it is written, compared and given back.
Nor can a missing row of a language be told from an empty one; PrestaShop makes the row when the text is written.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tasks.duck import Desk, desk
from tasks.prestashop.model import FLAG, LATER, NOW, QUANTITY, STOCK_FIELDS, Asked, Field, ShopInfo
from tasks.prestashop.scopes import scope_of
from tasks.prestashop.table_file import load_rows, write_rows
from tasks.prestashop.webservice.client import Api
from tasks.prestashop.webservice.xml import Entity

ITEM = ("id_product", "id_product_attribute")
PRODUCTS = (
    "id_product",
    "reference",
    "ean13",
    "name",
    "active",
    "is_virtual",
    "is_pack",
    "available_date",
    "minimal_quantity",
    "available_for_order",
    "visibility",
    "price",
    "id_manufacturer",
)
COMBINATIONS = (*ITEM, "reference", "ean13", "available_date", "minimal_quantity", "price")
STOCK = (*ITEM, "depends_on_stock", QUANTITY, FLAG)
CODES = (*ITEM, "id_supplier", "product_supplier_reference")
NAMED = ("id", "name")
TEXTS = (*ITEM, "id_lang", NOW, LATER)

Row = Sequence[str | int | None]
Chosen = list[int] | None
"""Ids of products, None for all."""


class _Reading:
    """The desk and folder of one reading; takes entities to the desk, of several resources at once."""

    def __init__(self, api: Api, info: ShopInfo, at: Desk, folder: Path) -> None:
        self.api = api
        self.desk = at
        self._folder = folder
        self._languages = {language.id_lang for language in info.languages}
        scope = scope_of(info)
        self._scope = {"id_shop": str(scope.stock_shop), "id_shop_group": str(scope.stock_group)}

    def take(self, *tables: tuple[str, Sequence[str], Callable[[], Iterable[Row]] | None]) -> None:
        """Lay tables of VARCHAR columns on the desk, each from a function that reads its rows; None: an empty one."""

        def read(table: tuple[str, Sequence[str], Callable[[], Iterable[Row]] | None]) -> Path:
            name, _, rows = table
            path = self._folder / f"{name}.csv"
            with path.open("w", encoding="utf-8", newline="") as file:
                write_rows(file, rows() if rows else ())
            return path

        for (name, columns, _), path in zip(tables, self.api.each(read, tables), strict=True):
            load_rows(self.desk, name, columns, path)
            path.unlink()

    def entities(
        self, resource: str, fields: Collection[str], chosen: Chosen, filters: dict[str, str] | None = None
    ) -> Iterator[Entity]:
        """Those of some products, or all."""
        if chosen is None:
            return self.api.listed(resource, fields, filters)
        key = "id" if resource == "products" else "id_product"
        return self.api.listed_by(resource, fields, key, chosen, filters)

    def stock(self, columns: Collection[str], chosen: Chosen) -> Iterator[Row]:
        """Stock rows of what the shop sells, and of its scope: a list of the Webservice has others too."""
        shown = [*ITEM, *(column for column in STOCK if column in columns), *self._scope]
        sold = set(map(str, self.api.ids("products") if chosen is None else chosen))
        for entity in self.entities("stock_availables", shown, chosen, self._scope):
            of_scope = all(entity.text(name) == value for name, value in self._scope.items())
            if of_scope and entity.text("id_product") in sold:
                yield [entity.text(column) if column in shown else None for column in STOCK]

    def texts(self, resource: str, fields: Collection[Field], chosen: Chosen) -> Iterator[Row]:
        """Texts of products or combinations, a row a language."""
        shown = [field for field in (NOW, LATER) if field in fields]
        more = [] if resource == "products" else ["id_product"]
        for entity in self.entities(resource, [*more, *shown], chosen):
            item = (entity.id, 0) if not more else (entity.text("id_product"), entity.id)
            texts = [entity.texts(field) if field in shown else {} for field in (NOW, LATER)]
            for id_lang in sorted(self._languages.intersection(*filter(None, texts))):
                yield *item, id_lang, *(held.get(id_lang) for held in texts)


@contextmanager
def _reading(api: Api, info: ShopInfo, to: Path) -> Iterator[_Reading]:
    to.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="shop-", dir=to.parent) as folder, desk() as at:
        yield _Reading(api, info, at, Path(folder))


def read_catalogue(
    api: Api, info: ShopInfo, to: Path, limit: int | None, asked: Collection[Asked], only: int | None = None
) -> Path:
    """Write `catalogue.parquet`; `limit` counts products, whose combinations all come along; `only`: of one product."""
    wants_brands = "brands" in asked and info.tells_brands
    wants_codes = "codes" in asked and info.tells_supplier_codes
    prices = ["price"] if "prices" in asked else []
    with _reading(api, info, to) as reading:
        chosen: Chosen = [only] if only is not None else None
        if limit is not None:
            chosen = api.ids("products", first=limit)
        reading.take(
            ("shop_products", PRODUCTS, lambda: _products(reading, info, chosen, prices, wants_brands=wants_brands)),
            ("shop_combinations", COMBINATIONS, lambda: _combinations(reading, chosen, prices)),
            ("stock", STOCK, lambda: reading.stock(("depends_on_stock", QUANTITY), chosen)),
            ("codes", CODES, (lambda: _codes(reading, chosen)) if wants_codes else None),
            ("suppliers", NAMED, (lambda: _named(api, "suppliers")) if wants_codes else None),
            ("shop_manufacturers", NAMED, (lambda: _named(api, "manufacturers")) if wants_brands else None),
        )
        reading.desk.run("prestashop/desk/webservice_catalogue.sql")
        reading.desk.run("prestashop/desk/catalogue.sql")
        return reading.desk.save("catalogue", to)


def read_rows(api: Api, info: ShopInfo, to: Path, products: Path | None, fields: Collection[Field]) -> Path:
    """Write `shop_rows.parquet` for the `id_product` of a Parquet file; None is everything the shop sells."""
    has_texts = info.languages and not STOCK_FIELDS.issuperset(fields)
    has_stock = not STOCK_FIELDS.isdisjoint(fields)
    with _reading(api, info, to) as reading:
        chosen = None if products is None else _wanted(reading.desk, products)
        has_labels = has_texts and info.combination_labels
        reading.take(
            ("texts", TEXTS, (lambda: reading.texts("products", fields, chosen)) if has_texts else None),
            ("labels", TEXTS, (lambda: reading.texts("combinations", fields, chosen)) if has_labels else None),
            ("stock", STOCK, (lambda: reading.stock(fields, chosen)) if has_stock else None),
        )
        reading.desk.run("prestashop/desk/shop_rows.sql", {"fields": list(fields)})
        return reading.desk.save("shop_rows", to)


def _wanted(at: Desk, products: Path) -> list[int]:
    at.show(wanted=products)
    wanted = at.connection.execute("SELECT DISTINCT id_product::BIGINT FROM wanted ORDER BY 1")
    return [int(row[0]) for row in wanted.fetchall()]


def _products(
    reading: _Reading, info: ShopInfo, chosen: Chosen, prices: Sequence[str], *, wants_brands: bool
) -> Iterator[Row]:
    plain = [
        *("reference", "ean13", "active", "is_virtual", "cache_is_pack", "available_date", "minimal_quantity"),
        *("available_for_order", "visibility"),
    ]
    more = [*prices, *(["id_manufacturer"] if wants_brands else [])]
    for entity in reading.entities("products", ["name", *plain, *more], chosen):
        reference, ean13, *others = (entity.text(field) for field in plain)
        name = entity.texts("name").get(info.default_id_lang)
        told = [entity.text(field) if field in more else None for field in ("price", "id_manufacturer")]
        yield entity.id, reference, ean13, name, *others, *told


def _combinations(reading: _Reading, chosen: Chosen, prices: Sequence[str]) -> Iterator[Row]:
    plain = ("reference", "ean13", "available_date", "minimal_quantity")
    for entity in reading.entities("combinations", ["id_product", *plain, *prices], chosen):
        price = entity.text("price") if prices else None
        yield entity.text("id_product"), entity.id, *(entity.text(field) for field in plain), price


def _codes(reading: _Reading, chosen: Chosen) -> Iterator[Row]:
    for entity in reading.entities("product_suppliers", CODES, chosen):
        yield [entity.text(field) for field in CODES]


def _named(api: Api, resource: str) -> Iterator[Row]:
    for entity in api.listed(resource, ["name"]):
        yield entity.id, entity.text("name")
