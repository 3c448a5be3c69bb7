"""Named statements on one connection: the SQL files with prefix and keys put in, values always bound."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import pymysql
from pymysql.connections import Connection
from pymysql.cursors import Cursor

from tasks.duck import sql_text
from tasks.errors import Busy, RexbitError
from tasks.prestashop.database.address import Address
from tasks.prestashop.database.connection import CONNECTION_LOST, connect, error_code, explained
from tasks.prestashop.model import Field

Row = tuple[Any, ...]  # texts, or None where NULL

FOR_UPDATE = "\nFOR UPDATE"
TAKE_BACK_SECONDS = 5
DEPRECATED = {"1287", "1681", "3719", "3778"}  # says nothing about the data
BARE = {  # numbers and words of a fixed set: no quotes in CSV
    "active",
    "is_virtual",
    "is_pack",
    "depends_on_stock",
    "quantity",
    "out_of_stock",
    "minimal_quantity",
    "available_for_order",
    "visibility",
    "price",
}


class ServerWarningError(RexbitError):
    """The server took or gave something else than was meant; the message is the server's."""


def quoted(identifier: str) -> str:
    """Return an identifier as SQL, safe in a text whose values are bound with `%`."""
    return "`" + identifier.replace("`", "``").replace("%", "%%") + "`"


class Session:
    """A connection on which `.sql` files of this room run; reconnects on demand."""

    def __init__(self, address: Address, prefix: str, lock_wait_seconds: int) -> None:
        self.address = address
        self.prefix = prefix
        self.keys: dict[str, str] = {}  # table (without prefix) -> its unique key's name, quoted
        self._lock_wait_seconds = lock_wait_seconds
        self._lock_name: str | None = None
        self.connection: Connection = connect(address, lock_wait_seconds)

    def text(self, name: str, column: Field | None = None) -> str:
        """Return the statement `sql/NAME.sql` for this shop, about `column` where it leaves that open."""
        text = sql_text(f"prestashop/database/sql/{name}.sql").replace("{prefix}", self.prefix)
        if column:
            text = text.replace("{column}", column)
        for table, key in self.keys.items():
            text = text.replace("{key:" + table + "}", key)
        return text

    def rows(
        self,
        name: str,
        values: Mapping[str, Any] | None = None,
        *,
        column: Field | None = None,
        lock: bool = False,
    ) -> list[Row]:
        """Run a query; with `lock` its rows stay locked until the transaction ends."""
        with self.connection.cursor() as cursor:
            cursor.execute(self.text(name, column) + (FOR_UPDATE if lock else ""), values or {})
            rows = list(cursor.fetchall())
            _heed_warnings(cursor)
        return rows

    def lines(
        self, name: str, columns: Sequence[str], values: Mapping[str, Any], empty: Collection[str] = ()
    ) -> str | None:
        """Rows of a query as lines of CSV, None if there are none; NULL is nothing at all, a text is quoted.

        `empty`: columns that the server need not look up. Raises ServerWarningError where the rows are more than the
        server sends as one text.
        """
        cells = ", ".join("''" if column in empty else _as_text(column) for column in columns)
        text = self.text("as_lines").replace("{cells}", cells).replace("{query}", self.text(name).rstrip())
        with self.connection.cursor() as cursor:
            cursor.execute(text, values)
            row = cursor.fetchone()
            _heed_warnings(cursor)
        return row[0] if row else None

    def write(
        self, name: str, values: Mapping[str, Any], column: Field | None = None, and_if: str | None = None
    ) -> int:
        """Run an UPDATE, `and_if` one more condition; returns how many rows it changed.

        Raises ServerWarningError if the server had something to say.
        """
        with self.connection.cursor() as cursor:
            cursor.execute(self.text(name, column) + (self.text(and_if, column) if and_if else ""), values)
            changed = cursor.rowcount
            _heed_warnings(cursor)
        return changed

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit at the end, or roll everything back."""
        self.connection.begin()
        try:
            yield
        except BaseException:
            self.roll_back()
            raise
        self.connection.commit()

    def roll_back(self) -> None:
        """Undo the open transaction; a lost connection has undone it already."""
        try:
            self.connection.rollback()
        except pymysql.MySQLError as error:
            if error_code(error) not in CONNECTION_LOST:
                raise

    def reconnect(self) -> None:
        """Open a new connection and take back the lock that the old one held; Busy if another run was quicker."""
        lost = int(self.connection.thread_id())  # type: ignore[no-untyped-call]
        self.close()
        self.connection = connect(self.address, self._lock_wait_seconds)
        if self._lock_name:
            self.take_lock(self._lock_name, 0, lost)

    def take_lock(self, name: str, wait_seconds: int, lost: int | None = None) -> None:
        """Take the server's named lock; Busy if another connection holds it for longer than `wait_seconds`.

        `lost`: the connection that held it for us. A server that was not told of its end keeps it, with its lock and
        its rows, for hours: it is ended.
        """
        with explained(self.address):
            answer = self.rows("take_lock", {"name": name, "seconds": wait_seconds})[0]
            if answer[0] != "1" and answer[1] == str(lost):
                with suppress(pymysql.MySQLError):  # it has just ended
                    self.rows("end_connection", {"id": lost})
                answer = self.rows("take_lock", {"name": name, "seconds": TAKE_BACK_SECONDS})[0]
        if answer[0] != "1":
            raise Busy(
                f"{self.address}: another run works on this shop (its lock `{name}` is held by the database connection"
                f" {answer[1]}). Wait for it to end; SHOW PROCESSLIST shows where that connection comes from"
            )
        self._lock_name = name

    def release_lock(self) -> None:
        """Give the named lock back, if one is held; a lost connection has given it back already."""
        name, self._lock_name = self._lock_name, None
        if name and self.connection.open:
            try:
                self.rows("release_lock", {"name": name})
            except pymysql.MySQLError as error:
                if error_code(error) not in CONNECTION_LOST:
                    raise

    def close(self) -> None:
        """Close the connection and the tunnel it came through, whatever state they are in."""
        with suppress(pymysql.MySQLError, OSError):  # closed already
            self.connection.close()


def _as_text(column: str) -> str:
    """The SQL of a column's value in a line of CSV; bare ones need no quotes, and quoting costs the server most."""
    name = quoted(column)
    if column.startswith("id_") or column in BARE:
        return f"coalesce({name}, '')"
    return f"coalesce(concat('\"', replace(convert({name} USING utf8mb4), '\"', '\"\"'), '\"'), '')"


def _heed_warnings(cursor: Cursor) -> None:
    """Raise ServerWarningError if the last statement left a warning: a list cut short, a value changed."""
    if not cursor.warning_count:
        return
    cursor.execute("SHOW WARNINGS")
    told = [row for row in cursor.fetchall() if row[0] != "Note" and row[1] not in DEPRECATED]
    if told:
        raise ServerWarningError("; ".join(f"{row[2]} ({row[0].lower()} {row[1]})" for row in told[:3]))
