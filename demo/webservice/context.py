"""The shop behind the API: its database, version, languages, and which of its shops a request speaks of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from queue import Empty, LifoQueue
from typing import Any

from pymysql import MySQLError
from pymysql.connections import Connection
from pymysql.cursors import DictCursor

from demo.servers import MariaDb
from demo.webservice.answers import Refusal
from demo.webservice.asking import Request
from demo.webservice.fields import Version

Row = dict[str, str | None]


class Database:
    """Connections to the shop's database, kept for the next request; each is for one thread at a time."""

    def __init__(self, server: MariaDb, name: str, prefix: str) -> None:
        self.prefix = prefix
        self._server = server
        self._name = name
        self._idle: LifoQueue[Connection[Any]] = LifoQueue()

    @contextmanager
    def open(self) -> Iterator[Connection[Any]]:
        """A connection with sql_mode '', as PrestaShop sets it; every statement is committed by itself."""
        try:
            connection = self._idle.get_nowait()
            connection.ping(reconnect=False)  # which would forget the sql_mode
        except (Empty, MySQLError):
            connection = self._server.connect(self._name, autocommit=True)
            with connection.cursor() as cursor:
                cursor.execute("SET sql_mode = ''")
        try:
            yield connection
        except BaseException:
            connection.close()
            raise
        self._idle.put(connection)

    def close(self) -> None:
        """Close what is idle."""
        while not self._idle.empty():
            self._idle.get_nowait().close()


@dataclass
class Context:
    """What one request works with. `shops`: where it writes; `id_shop`: the shop that it reads as.

    `group`: it was asked for a whole group of shops. `columns`: those of each table, without prefix.
    """

    connection: Connection[Any]
    prefix: str
    version: Version
    columns: dict[str, set[str]]
    id_shop: int = 1
    shops: tuple[int, ...] = (1,)
    group: int | None = None
    languages: tuple[int, ...] = ()  # those that are shown
    default_language: int = 1

    def rows(self, statement: str, values: Sequence[Any] = ()) -> list[Row]:
        """Run a query; `{p}` is the tables' prefix. All values come as texts, as PHP has them."""
        with self.connection.cursor(DictCursor) as cursor:
            cursor.execute(statement.replace("{p}", self.prefix), values)
            return [{name: as_text(value) for name, value in row.items()} for row in cursor.fetchall() or ()]

    def run(self, statement: str, values: Sequence[Any] = ()) -> int:
        """Run a statement; how many rows it changed."""
        with self.connection.cursor() as cursor:
            return int(cursor.execute(statement.replace("{p}", self.prefix), values))

    def setting(self, name: str) -> str | None:
        """A setting for all shops."""
        found = self.rows(
            "SELECT value FROM `{p}configuration` WHERE name = %s ORDER BY id_shop IS NOT NULL, id_shop_group IS NOT"
            " NULL, id_configuration LIMIT 1",
            [name],
        )
        return found[0]["value"] if found else None

    def group_of(self, id_shop: int) -> tuple[int, bool]:
        """The group of a shop, and whether it shares its stock."""
        found = self.rows(
            "SELECT g.id_shop_group, g.share_stock FROM `{p}shop` s JOIN `{p}shop_group` g USING (id_shop_group)"
            " WHERE s.id_shop = %s",
            [id_shop],
        )
        return (int(found[0]["id_shop_group"] or 0), found[0]["share_stock"] == "1") if found else (0, False)

    def stock_scope(self, id_shop: int | None = None) -> tuple[int, int]:
        """The (id_shop, id_shop_group) of the stock rows that count; without a shop those of the request's."""
        group, shares = self.group_of(id_shop or self.id_shop)
        if id_shop is None and self.group is not None:
            group = self.group
            found = self.rows("SELECT share_stock FROM `{p}shop_group` WHERE id_shop_group = %s", [group])
            shares = bool(found) and found[0]["share_stock"] == "1"
        return (0, group) if shares else (id_shop or self.id_shop, 0)


def as_text(value: Any) -> str | None:
    """A value of the database as PHP's driver hands it over."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.decode()
    return str(value) if isinstance(value, date | Decimal) else f"{value}"


def columns(connection: Connection[Any], prefix: str) -> dict[str, set[str]]:
    """The columns of each of the shop's tables."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = database()")
        found: dict[str, set[str]] = {}
        for table, column in cursor.fetchall():
            if table.startswith(prefix):
                found.setdefault(table.removeprefix(prefix), set()).add(column)
    return found


def choose_shop(context: Context, request: Request) -> bool:
    """Take the shop that was asked for; False: there is no such shop, PrestaShop redirects to the main one."""
    context.id_shop = int(context.setting("PS_SHOP_DEFAULT") or 1)
    asked = request.text("id_shop")
    if asked and asked != "0":
        active = "SELECT id_shop FROM `{p}shop` WHERE id_shop = %s AND active = 1"
        if not asked.isdecimal() or not context.rows(active, [asked]):
            return False
        context.id_shop = int(asked)
    context.shops = (context.id_shop,)
    return True


def choose_group(context: Context, request: Request) -> None:
    """Write to all shops of the group that was asked for; what is read stays that of one shop."""
    asked = request.text("id_group_shop") or (request.text("id_shop_group") if context.version >= (8,) else None)
    if not asked or not asked.isdecimal():
        return
    context.group = int(asked)
    query = "SELECT id_shop FROM `{p}shop` WHERE active = 1 AND deleted = 0 AND id_shop_group = %s"
    found = context.rows(query, [asked])
    context.shops = tuple(int(row["id_shop"] or 0) for row in found)
    if not context.shops:
        raise Refusal(500, 999, "This shop group doesn't have shops")


def choose_languages(context: Context, request: Request) -> None:
    """Show the active languages, or those asked for by `language`, be they active or not."""
    context.default_language = int(context.setting("PS_LANG_DEFAULT") or 1)
    there = context.rows("SELECT id_lang, active FROM `{p}lang` ORDER BY id_lang")
    asked = request.text("language")
    ids = [int(row["id_lang"] or 0) for row in there]
    if asked is None:
        context.languages = tuple(int(row["id_lang"] or 0) for row in there if row["active"] == "1")
        return
    plain = asked.strip("[]")
    if plain.count(",") == 1 and "|" not in plain:
        low, _, high = plain.partition(",")
        wanted = list(map(str, range(int(low), int(high) + 1))) if (low + high).isdecimal() else [plain]
    else:
        wanted = plain.split("|")
    if not all(word.isdecimal() for word in wanted):
        raise Refusal(400, 79, "language value is wrong")
    context.languages = tuple(int(word) for word in wanted if int(word) in ids)
    if not context.languages:
        raise Refusal(400, 81, "language is not available")
