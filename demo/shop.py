"""A synthetic PrestaShop shop: its catalogue tables, filled, and the MySQL user that a sync works as."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Any

from pymysql.connections import Connection
from pymysql.converters import escape_string

from demo.accounts import safe_name
from demo.catalogue import Item, Kind, catalogue
from demo.grants import grant_sync_user
from demo.shop_rows import COLUMNS, ID_SHOP, ID_SHOP_GROUP, MANUFACTURER_ROWS, SINCE, Row, Shape, ShopRows
from demo.words import LANGUAGES, SIZES, SUPPLIERS

__all__ = ["ShopMade", "grant_sync_user", "make_shop"]

SQL = Path(__file__).parent / "sql"
BATCH = 5_000
LITERALS: dict[type, Callable[[Any], str]] = {  # of a kind of value; far quicker than binding each of a million
    int: str,
    float: repr,
    bool: lambda value: "1" if value else "0",
    str: lambda text: f"'{escape_string(text)}'",
    type(None): lambda _: "NULL",
}


@dataclass(frozen=True)
class ShopMade:
    """What a shop holds: numbers of products, but for `combinations` and `stock_rows` (of the scope that counts).

    `offered`: some supplier sells them; `unmanaged`: nobody does; `ambiguous`: they share a reference or an EAN with
    another product; `left_alone`: packs, virtual, future available_date, depends_on_stock.
    """

    products: int
    combinations: int
    stock_rows: int
    with_combinations: int
    own_stock: int
    without_ean: int
    inactive: int
    offered: int
    unmanaged: int
    ambiguous: int
    left_alone: int


def make_shop(
    connection: Connection[Any],
    products: int = 12_465,
    seed: int = 7,
    *,
    prefix: str = "ps_",
    share_stock: bool = False,
    languages: Sequence[str] = ("pl", "en"),
    version: str = "8.2.1",
) -> ShopMade:
    """Create and fill the shop's tables in the connection's database, which must not hold them yet.

    `languages`: iso codes; the first is the default. `version`: 1.6.x, 1.7.x, 8.x or 9.x, with that version's tables.
    The same arguments always make the same rows. Commits.
    """
    safe_name(f"{prefix}x")
    shape = Shape(
        languages=dict(enumerate(languages, start=1)),
        share_stock=share_stock,
        null_dates=not version.startswith("1.6"),
    )
    with _settings(connection):
        _create_tables(connection, prefix, version)
        tables = _Tables(connection, prefix)
        _fill_settings(tables, shape, version)
        rows = ShopRows(shape)
        counts: Counter[str] = Counter()
        for item in catalogue(products, seed):
            for table, row in rows.of(item):
                tables.add(table, row)
            counts.update(_facts(item))
        tables.flush()
    return ShopMade(
        **{name: counts[name] for name in ShopMade.__dataclass_fields__}  # absent names count 0
    )


@contextmanager
def _settings(connection: Connection[Any]) -> Iterator[None]:
    """Zero dates allowed, as PrestaShop has it; the connection's own settings come back afterwards."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT @@SESSION.sql_mode, @@SESSION.unique_checks")
        mode, checks = cursor.fetchone() or ("", 1)
        cursor.execute("SET SESSION sql_mode = '', SESSION unique_checks = 0")
        try:
            yield
        finally:
            cursor.execute("SET SESSION sql_mode = %s, SESSION unique_checks = %s", (mode, checks))


def _create_tables(connection: Connection[Any], prefix: str, version: str) -> None:
    branch = version if version.startswith("1.") else version.split(".", maxsplit=1)[0]
    files = {"1.6": ("differences-1.6.sql",), "1.7": ("differences-1.7.sql",), "8": (), "9": ("differences-9.sql",)}
    known = next((name for name in files if branch.startswith(name)), None)
    if known is None:
        raise ValueError(f"version: expected 1.6.x, 1.7.x, 8.x or 9.x, got `{version}`")
    with connection.cursor() as cursor:
        for file in ("prestashop-8.sql", *files[known]):
            text = (SQL / file).read_text(encoding="utf-8").replace("`ps_", f"`{prefix}")
            for statement in text.split(";\n"):
                if statement.strip():
                    cursor.execute(statement)


class _Tables:
    """Rows on their way into tables, sent in large INSERTs; columns that a version lacks are left out."""

    def __init__(self, connection: Connection[Any], prefix: str) -> None:
        self.connection = connection
        self.prefix = prefix
        self._waiting: dict[str, list[Row]] = {}
        self._there = self._columns()

    def _columns(self) -> dict[str, set[str]]:
        with self.connection.cursor() as cursor:
            cursor.execute(
                "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = database()"
            )
            there: dict[str, set[str]] = {}
            for table, column in cursor.fetchall():
                there.setdefault(table, set()).add(column)
        return there

    def add(self, table: str, row: Row) -> None:
        waiting = self._waiting.setdefault(table, [])
        waiting.append(row)
        if len(waiting) >= BATCH:
            self._send(table)

    def flush(self) -> None:
        for table in list(self._waiting):
            self._send(table)

    def _send(self, table: str) -> None:
        rows = self._waiting.pop(table)
        self.insert(table, COLUMNS[table].split(), rows)

    def insert(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
        there = self._there.get(self.prefix + table, set())
        places = [place for place, column in enumerate(columns) if column in there]
        if not there:  # a table this version doesn't have
            return
        if len(places) < len(columns):
            rows = list(map(itemgetter(*places), rows))
        names = ", ".join(columns[place] for place in places)
        values = ",\n".join(f"({','.join([LITERALS[type(value)](value) for value in row])})" for row in rows)
        with self.connection.cursor() as cursor:
            cursor.execute(f"INSERT INTO `{self.prefix}{table}` ({names}) VALUES {values}")
        self.connection.commit()


def _fill_settings(tables: _Tables, shape: Shape, version: str) -> None:
    """Fill what a shop has once: settings, shop, languages, currency, sizes, suppliers, makers."""
    settings = {
        "PS_VERSION_DB": version,
        "PS_LANG_DEFAULT": "1",
        "PS_SHOP_DEFAULT": "1",
        "PS_STOCK_MANAGEMENT": "1",
        "PS_ORDER_OUT_OF_STOCK": "0",
        "PS_LAST_QTIES": "3",
        "PS_CATALOG_MODE": "0",
        "PS_CURRENCY_DEFAULT": "1",
        "PS_TIMEZONE": "Europe/Warsaw",
    }
    tables.insert(
        "configuration", ("name", "value", "date_add", "date_upd"), [(*pair, SINCE, SINCE) for pair in settings.items()]
    )
    group = (ID_SHOP_GROUP, "Default", 0, 0, shape.share_stock, 1, 0)
    names = ("id_shop_group", "name", "share_customer", "share_order", "share_stock", "active", "deleted")
    tables.insert("shop_group", names, [group])
    names = ("id_shop", "id_shop_group", "name", "id_category", "theme_name", "active", "deleted")
    tables.insert("shop", names, [(ID_SHOP, ID_SHOP_GROUP, "Sklep", 2, "classic", 1, 0)])
    names = ("id_shop", "domain", "domain_ssl", "physical_uri", "virtual_uri", "main", "active")
    tables.insert("shop_url", names, [(ID_SHOP, "sklep.example", "sklep.example", "/", "", 1, 1)])
    languages = [
        (id_lang, name, 1, iso_code, code, locale)
        for id_lang, iso_code in shape.languages.items()
        for name, code, locale in [LANGUAGES.get(iso_code, (iso_code, iso_code, f"{iso_code}-{iso_code.upper()}"))]
    ]
    tables.insert("lang", ("id_lang", "name", "active", "iso_code", "language_code", "locale"), languages)
    tables.insert("lang_shop", ("id_lang", "id_shop"), [(id_lang, ID_SHOP) for id_lang in shape.languages])
    tables.insert("currency", ("id_currency", "name", "iso_code", "conversion_rate"), [(1, "Złoty", "PLN", 1)])
    sizes = [(place, id_lang, size) for place, size in enumerate(SIZES, start=1) for id_lang in shape.languages]
    tables.insert("attribute_lang", ("id_attribute", "id_lang", "name"), sizes)
    suppliers = [(id_supplier, name, SINCE, SINCE, 1) for id_supplier, name in SUPPLIERS.items()]
    tables.insert("supplier", ("id_supplier", "name", "date_add", "date_upd", "active"), suppliers)
    tables.insert("manufacturer", ("id_manufacturer", "name", "date_add", "date_upd", "active"), MANUFACTURER_ROWS)


def _facts(item: Item) -> dict[str, int]:
    combinations = len(item.combinations)
    quantities = [sold.quantity for sold in item.combinations] or [item.itself.quantity]
    return {
        "products": 1,
        "combinations": combinations,
        "stock_rows": 1 + combinations,
        "with_combinations": combinations > 0,
        "own_stock": sum(quantities) > 0,
        "without_ean": not item.itself.ean,
        "inactive": not item.active,
        "offered": item.managed,
        "unmanaged": not item.managed,
        "ambiguous": item.kind in {Kind.TWIN, Kind.SAME_EAN},
        "left_alone": item.kind in {Kind.PACK, Kind.VIRTUAL, Kind.FUTURE, Kind.WAREHOUSE},
    }
