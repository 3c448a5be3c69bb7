"""The MySQL user that a sync works as, with the rights it needs and no more."""

from __future__ import annotations

from typing import Any

from pymysql.connections import Connection

from demo.accounts import safe_name

READ = (
    "configuration",
    "shop",
    "shop_group",
    "shop_url",
    "lang",
    "lang_shop",
    "product",
    "product_shop",
    "product_attribute",
    "product_attribute_shop",
    "product_lang",
    "product_attribute_lang",
    "stock_available",
    "product_supplier",
    "supplier",
    "manufacturer",
    "pack",
    "product_attribute_combination",
    "attribute_lang",
)
WRITTEN = {
    "stock_available": "out_of_stock",
    "product_lang": "available_now, available_later",
    "product_attribute_lang": "available_now, available_later",
}
DATED = {"product": "date_upd", "product_shop": "date_upd"}


def grant_sync_user(
    connection: Connection[Any],
    database: str,
    prefix: str,
    user: str,
    password: str,
    *,
    touch_date_upd: bool = False,
) -> None:
    """Make the user anew with SELECT on the tables a sync reads and UPDATE of the columns it writes.

    `touch_date_upd`: also of the dates that exporters go by. The connection must be an administrator's. Tables that
    the shop doesn't have are passed over.
    """
    who = f"'{safe_name(user)}'@'%%'"
    safe_name(f"{prefix}x")
    written = WRITTEN | (DATED if touch_date_upd else {})
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = %s", (database,))
        there = {name for (name,) in cursor.fetchall()}
        cursor.execute(f"DROP USER IF EXISTS {who}", ())
        cursor.execute(f"CREATE USER {who} IDENTIFIED BY %s", (password,))
        for table in READ:
            if prefix + table not in there:
                continue
            place = f"`{safe_name(database)}`.`{prefix}{table}`"
            cursor.execute(f"GRANT SELECT ON {place} TO {who}", ())
            if table in written:
                cursor.execute(f"GRANT UPDATE ({written[table]}) ON {place} TO {who}", ())
    connection.commit()
