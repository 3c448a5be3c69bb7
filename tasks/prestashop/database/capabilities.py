"""What this shop is and can do, read from its tables and their definition, never from a list of versions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from tasks.errors import WrongSettingsError
from tasks.prestashop.database.session import Row, Session, quoted
from tasks.prestashop.model import BRANDS, LATER, SUPPLIER_REFERENCES, ShopInfo, ShopLanguage
from tasks.prestashop.versions import version_parts

TEXTS, LABELS, STOCK = "product_lang", "product_attribute_lang", "stock_available"
KEYS: dict[str, tuple[str, ...]] = {
    TEXTS: ("id_product", "id_shop", "id_lang"),
    LABELS: ("id_product_attribute", "id_lang"),
    STOCK: ("id_product", "id_product_attribute", "id_shop", "id_shop_group"),
}
COMBINATION_TEXTS = "texts of combinations"
LABELS_SINCE = (8, 1)  # only to tell "not there" from "not shown to this user"


class TextColumn(NamedTuple):
    """How a column stores texts: its character set and the most characters it holds."""

    charset: str
    length: int


def readable_columns(session: Session, table: str) -> set[str]:
    """Return the columns of a table that the user may read; empty if there is no such table, or no right."""
    rows = session.rows("columns", {"table": session.prefix + table})
    return {str(row[0]).lower() for row in rows if "select" in str(row[1]).lower()}


def unique_key(session: Session, table: str) -> str | None:
    """Return the name of the unique key that has exactly the table's key columns; None if there is none."""
    columns: dict[str, set[str]] = {}
    for name, column in session.rows("unique_keys", {"table": session.prefix + table}):
        columns.setdefault(str(name), set()).add(str(column).lower())
    fitting = [name for name, own in columns.items() if own == set(KEYS[table])]
    return min(fitting, key=lambda name: (name != "PRIMARY", name), default=None)


def require_prefix(session: Session) -> None:
    """Raise WrongSettingsError naming the prefixes there are, if the shop's is not among them."""
    found = prefixes(session)
    if session.prefix not in found:
        shown = ", ".join(f"`{prefix}`" for prefix in found) or "no PrestaShop tables that this user may see"
        raise WrongSettingsError(
            f"{session.address}: expected tables with the prefix `{session.prefix}`, found {shown}."
            " Correct `table_prefix` in the shop's block, or grant SELECT on the tables"
        )


def prefixes(session: Session) -> list[str]:
    """Return the prefixes of the PrestaShop shops in this database."""
    return [str(row[0]) for row in session.rows("prefixes")]


def take_keys(session: Session, info: ShopInfo) -> None:
    """Find the unique key of each table that is written, and let statements use it."""
    for table in written_tables(info):
        name = unique_key(session, table)
        if name is None:
            raise WrongSettingsError(
                f"{session.address}: expected {key_text(session, table)}, found none. {key_fix(session, table)}"
            )
        session.keys[table] = quoted(name)


def written_tables(info: ShopInfo) -> list[str]:
    """Return the tables that are written in this shop."""
    return [table for table in KEYS if table != LABELS or info.combination_labels]


def key_text(session: Session, table: str) -> str:
    """Name the key that a table has to have."""
    return f"a unique key ({', '.join(KEYS[table])}) on `{session.prefix}{table}`"


def key_fix(session: Session, table: str) -> str:
    """Say how to give a table its key."""
    return (
        f"Run as an administrator: ALTER TABLE `{session.prefix}{table}` ADD UNIQUE KEY `product_sqlstock`"
        f" ({', '.join(KEYS[table])}); it fails if rows are there twice, which then have to be removed first"
    )


def engines(session: Session, info: ShopInfo) -> dict[str, str]:
    """Return the storage engine of each table that is written."""
    return {
        table: str(row[0])
        for table in written_tables(info)
        for row in session.rows("engine", {"table": session.prefix + table})
    }


def text_column(session: Session) -> TextColumn:
    """Return how `product_lang.available_later` stores texts."""
    for name, _, charset, length in session.rows("columns", {"table": session.prefix + TEXTS}):
        if str(name).lower() == LATER:
            return TextColumn(str(charset), int(length))
    raise WrongSettingsError(
        f"{session.address}: expected the column `{LATER}` in `{session.prefix}{TEXTS}`, found none that this user may"
        " see. `check_integration` names the GRANT statements to run"
    )


def shop_row(session: Session, id_shop: int) -> Row:
    """Return the shop's row (id, group, share_stock, name); WrongSettingsError naming the shops there are."""
    shops = session.rows("shops")
    for row in shops:
        if int(row[0]) == id_shop:
            return row
    found = ", ".join(f"{row[0]} ({row[3]})" for row in shops) or "no shop"
    raise WrongSettingsError(
        f"{session.address}: expected a shop with id_shop {id_shop}, found {found}. Correct `id_shop` in the block"
    )


def read_info(session: Session, id_shop: int) -> ShopInfo:
    """Find out what the shop is; WrongSettingsError if prefix, shop or its configuration are not what was said."""
    require_prefix(session)
    _, id_shop_group, share_stock, _ = shop_row(session, id_shop)
    scope = {"id_shop": id_shop, "id_shop_group": int(id_shop_group)}
    settings = {str(name): value for name, value in session.rows("configuration", scope)}
    column = text_column(session)
    version = _setting(session, settings, "PS_VERSION_DB")
    labels = LATER in readable_columns(session, LABELS)
    server, database, _, host, port = session.rows("server")[0]
    return ShopInfo(
        version=version,
        server=str(server),
        id_shop=id_shop,
        id_shop_group=int(id_shop_group),
        share_stock=share_stock == "1",
        languages=_languages(session, id_shop),
        default_id_lang=int(_setting(session, settings, "PS_LANG_DEFAULT")),
        combination_labels=labels,
        utf8mb3=column.charset != "utf8mb4",
        text_length=column.length,
        stock_management=settings.get("PS_STOCK_MANAGEMENT") == "1",
        catalogue_mode=settings.get("PS_CATALOG_MODE") == "1",
        orders_out_of_stock=settings.get("PS_ORDER_OUT_OF_STOCK") == "1",
        default_currency=_currency(session, settings.get("PS_CURRENCY_DEFAULT")),
        physical_quantity="physical_quantity" in readable_columns(session, STOCK),
        identity=f"{host}:{port}/{database}/{session.prefix}",
        switched_off=list(_switched_off(session, version, labels=labels)),
    )


def _switched_off(session: Session, version: str, *, labels: bool) -> Iterator[str]:
    """The features whose tables are not there for this user."""
    if not labels and version_parts(version) >= LABELS_SINCE:
        yield COMBINATION_TEXTS
    has_codes = "product_supplier_reference" in readable_columns(session, "product_supplier")
    if not has_codes or "name" not in readable_columns(session, "supplier"):
        yield SUPPLIER_REFERENCES
    if "name" not in readable_columns(session, "manufacturer"):
        yield BRANDS


def _currency(session: Session, id_currency: str | None) -> str | None:
    if not id_currency or "iso_code" not in readable_columns(session, "currency"):
        return None
    found = session.rows("currency", {"id_currency": id_currency})
    return str(found[0][0]).upper() if found and found[0][0] else None


def _setting(session: Session, settings: dict[str, str | None], name: str) -> str:
    value = settings.get(name)
    if not value:
        raise WrongSettingsError(
            f"{session.address}: expected `{name}` in `{session.prefix}configuration`, found nothing."
            " Is this a PrestaShop shop that was installed to the end?"
        )
    return value


def _languages(session: Session, id_shop: int) -> list[ShopLanguage]:
    with session.connection.cursor() as cursor:
        cursor.execute(session.text("languages"), {"id_shop": id_shop})
        names = [str(column[0]).lower() for column in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return [
        ShopLanguage(
            id_lang=int(row["id_lang"]),
            iso_code=row["iso_code"],
            locale=row.get("locale") or row["language_code"],
            active=row["active"] == "1",
        )
        for row in rows
    ]
