"""One MySQL or MariaDB connection: where it leads, how it is set up, and what its errors mean to an operator."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pymysql
from prefect_sqlalchemy import ConnectionComponents
from pymysql.connections import Connection
from pymysql.converters import conversions

from blocks import PrestashopDatabase
from tasks.errors import UnreachableError, WrongSettingsError

CONNECT_SECONDS = 10
READ_SECONDS = 300
WRITE_SECONDS = 60
LONGEST_LIST_BYTES = 16 * 1024 * 1024  # ids that share a value come as one list; a longer one is an error

DENIED = {1044, 1045, 1698}
UNKNOWN_DATABASE = 1049
NO_PERMISSION = {1142, 1143}
NO_SUCH = {1054, 1146}
TLS_FAILED = 2026
LOCKED = {1205, 1213, 1020}  # lock wait, deadlock, row changed under a snapshot
CONNECTION_LOST = {0, 2006, 2013, 2014, 2055, 1053, 1927, 4031}
UNREACHABLE = CONNECTION_LOST | {1040, 1129, 1203, 1226, 2002, 2003, 2005}

TLS_TEXTS = {"ssl_ca", "ssl_cert", "ssl_key"}
TLS_SWITCHES = {"ssl_disabled", "ssl_verify_cert", "ssl_verify_identity"}
IGNORED_OPTIONS = {"charset"}  # always utf8mb4


class Ids(tuple[int, ...]):
    """Ids for an IN list: bound as one value, which is several times quicker than the driver's one by one."""

    __slots__ = ()


def _in_list(ids: Ids, _: object = None) -> str:
    return "(" + ",".join(map(str, map(int, ids))) + ")"


class JsonText:
    """A large JSON text for a statement: the driver looks at each character of a `str`, which takes 10 times as long.

    Right for the sql_mode of our sessions (see `connect`), in which a backslash escapes.
    """

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


def _json_literal(json: JsonText, _: object = None) -> str:
    return "'" + json.text.replace("\\", "\\\\").replace("'", "\\'") + "'"


# values arrive as text: one form for comparing and for files, and '0000-00-00' stays what it is
AS_TEXT: dict[Any, Any] = {kind: encode for kind, encode in conversions.items() if not isinstance(kind, int)}
AS_TEXT[Ids] = _in_list
AS_TEXT[JsonText] = _json_literal


@dataclass(frozen=True)
class Address:
    """Where the shop's database is and as whom we come; `options` are pymysql's own (TLS, socket)."""

    host: str
    port: int
    database: str
    user: str
    password: str = field(repr=False)
    options: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"database `{self.database}` on {self.host}:{self.port} as user `{self.user}`"


def address_of(block: PrestashopDatabase) -> Address:
    """Return the address in the block's connection; WrongSettingsError if a part is missing or an option unknown."""
    info = block.connection.connection_info
    if not isinstance(info, ConnectionComponents):  # the block refuses this as well
        raise WrongSettingsError("connection: expected the parts of an address, got an address as one text")
    if not info.database or not info.username:
        raise WrongSettingsError(
            f"connection: expected a database and a user name, got database `{info.database}`, user"
            f" `{info.username}`. Fill in both in the connection block"
        )
    return Address(
        host=info.host or "localhost",
        port=int(info.port or 3306),
        database=info.database,
        user=info.username,
        password=info.password.get_secret_value() if info.password else "",
        options=_options(info.query or {}),
    )


def _options(query: dict[str, str]) -> dict[str, Any]:
    options: dict[str, Any] = {}
    for name, value in query.items():
        if name in TLS_TEXTS or name == "unix_socket":
            options[name] = value
        elif name in TLS_SWITCHES:
            options[name] = str(value).strip().lower() in {"1", "true", "yes", "on"}
        elif name not in IGNORED_OPTIONS:
            known = ", ".join(sorted(TLS_TEXTS | TLS_SWITCHES | {"unix_socket"}))
            raise WrongSettingsError(
                f"connection: expected only these in `query`: {known}; got `{name}`. Remove it from the block"
            )
    return options


def connect(address: Address, lock_wait_seconds: int) -> Connection:
    """Connect and set the session up: autocommit, utf8mb4, sql_mode '', UTC, READ COMMITTED, short lock waits."""
    with explained(address):
        try:
            connection = _Connection(
                host=address.host,
                port=address.port,
                user=address.user,
                password=address.password,
                database=address.database,
                charset="utf8mb4",
                sql_mode="",  # as PrestaShop's own connections; what it lets pass comes back as a warning
                autocommit=True,
                connect_timeout=CONNECT_SECONDS,
                read_timeout=READ_SECONDS,
                write_timeout=WRITE_SECONDS,
                conv=AS_TEXT,
                **address.options,
            )
        except (FileNotFoundError, NotImplementedError) as error:
            raise WrongSettingsError(
                f"{address}: expected readable TLS files, got `{error}`. Correct `query` in the connection block"
            ) from error
        _set_up(connection, lock_wait_seconds)
    return connection


class _Connection(Connection):
    """PyMySQL's own, but without reading the system's certificates (20 ms each time) where none is to be checked."""

    def _create_ssl_ctx(self, sslp: dict[str, Any]) -> ssl.SSLContext:
        if sslp:
            context: ssl.SSLContext = super()._create_ssl_ctx(sslp)  # type: ignore[misc]
            return context
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context


def _set_up(connection: Connection, lock_wait_seconds: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SET SESSION time_zone = '+00:00', innodb_lock_wait_timeout = %(seconds)s,"
            " lock_wait_timeout = %(seconds)s, group_concat_max_len = %(list_bytes)s",
            {"seconds": lock_wait_seconds, "list_bytes": LONGEST_LIST_BYTES},
        )
        cursor.execute("SELECT @@log_bin = 1 AND @@binlog_format = 'STATEMENT'")
        row = cursor.fetchone()
        if not row or row[0] != "1":  # a statement-based binary log refuses every write at READ COMMITTED
            cursor.execute("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")


def error_code(error: BaseException) -> int:
    """Return the server's or driver's number of an error; -1 if it has none."""
    number = error.args[0] if error.args else -1
    return number if isinstance(number, int) else -1


@contextmanager
def explained(address: Address) -> Iterator[None]:
    """Turn database errors that an operator can mend, or that may heal, into ours; others pass as they are."""
    try:
        yield
    except pymysql.MySQLError as error:
        code = error_code(error)
        said = str(error.args[1]) if len(error.args) > 1 else str(error)
        told = _explanation(address, code, said)
        if told is None:
            raise
        raise told from error


def _explanation(address: Address, code: int, said: str) -> WrongSettingsError | UnreachableError | None:
    if code in DENIED:
        return WrongSettingsError(
            f"{address}: the server refused the user ({said}). Correct user and password in the connection block, or"
            " grant the user access from this machine"
        )
    if code == UNKNOWN_DATABASE:
        return WrongSettingsError(f"{address}: there is no such database. Correct its name in the connection block")
    if code in NO_PERMISSION:
        return WrongSettingsError(
            f"{address}: a grant is missing ({said}). `check_integration` names the GRANT statements to run"
        )
    if code in NO_SUCH:
        return WrongSettingsError(
            f"{address}: expected PrestaShop's tables, but {said}. Correct `table_prefix` or the database's name"
        )
    if code == TLS_FAILED or "SSL" in said:
        return WrongSettingsError(
            f"{address}: no encrypted connection ({said}). Correct the `ssl_...` entries in the connection's query"
        )
    if code in UNREACHABLE:
        return UnreachableError(
            f"{address}: the server doesn't answer ({said}). It is tried again; if it stays so, check host, port,"
            " firewall and whether the server runs"
        )
    return None
