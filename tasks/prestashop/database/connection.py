"""One MySQL or MariaDB connection: how it is set up, and what its errors mean to an operator."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from socket import socket
from typing import Any

import pymysql
from pymysql.connections import Connection
from pymysql.converters import conversions

from tasks.errors import UnreachableError, WrongSettingsError
from tasks.prestashop.database.address import Address, tls_of, unverified
from tasks.prestashop.database.tunnel import Tunnel

LONGEST_LIST_BYTES = 16 * 1024 * 1024  # ids that share a value come as one list; a longer one is an error

DENIED = {1044, 1045, 1698}
UNKNOWN_DATABASE = 1049
NO_PERMISSION = {1142, 1143}
NO_SUCH = {1054, 1146}
TLS_FAILED = {2026, 3159}  # no TLS here; only TLS there
NO_SUCH_LOGIN = {2059, 1251, 1275, 1524}  # a way of proving the password that one side has not
CANNOT_CONNECT = 2003
LOCKED = {1205, 1213, 1020}  # lock wait, deadlock, row changed under a snapshot
CONNECTION_LOST = {0, 2006, 2013, 2014, 2055, 1053, 1927, 4031}
UNREACHABLE = CONNECTION_LOST | {1040, 1129, 1203, 1226, 2002, 2003, 2005}


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


def connect(address: Address, lock_wait_seconds: int) -> Connection:
    """Connect and set up: autocommit, utf8mb4, sql_mode '', UTC, READ COMMITTED, short lock waits.

    Closing the connection closes its tunnel, if it has one.
    """
    with explained(address):
        connection = _prepared(address)
        try:
            connection.connect(_way(address, connection))
            _set_up(connection, lock_wait_seconds)
        except RuntimeError as error:  # the driver's word for a package that a way of proving the password needs
            connection.leave()
            raise WrongSettingsError(f"{address}: {_way_of_login(str(error))}") from error
        except BaseException:
            connection.leave()
            raise
    return connection


def _prepared(address: Address) -> _Connection:
    """The connection, not connected yet."""
    try:
        tls = tls_of(address)
    except (OSError, ValueError) as error:
        raise WrongSettingsError(
            f"{address}: expected readable TLS files, got `{error}`. Correct `query` in the connection block"
        ) from error
    seconds = address.seconds
    return _Connection(
        host=address.host,
        port=address.port,
        unix_socket=address.unix_socket,
        user=address.user,
        password=address.password.encode(),  # the driver knows only western letters
        database=address.database,
        charset="utf8mb4",
        sql_mode="",  # as PrestaShop's own connections; what it lets pass comes back as a warning
        autocommit=True,
        conv=AS_TEXT,
        ssl=tls,
        ssl_disabled=address.tls.get("ssl_disabled"),
        defer_connect=True,
        connect_timeout=seconds["connect_timeout"],
        read_timeout=seconds["read_timeout"],
        write_timeout=seconds["write_timeout"],
    )


def _way(address: Address, connection: _Connection) -> socket | None:
    """The socket to connect through; None: the driver makes its own."""
    if address.ssh is None:
        return None
    connection.tunnel = Tunnel(address.ssh, str(address), address.seconds["connect_timeout"])
    # behind a socket file the server takes the password as it is, behind a port only encrypted
    connection._secure = address.unix_socket is not None  # noqa: SLF001
    return connection.tunnel.reach(address.host, address.port, address.unix_socket)


class _Connection(Connection):
    """PyMySQL's own, with the tunnel that it came through."""

    tunnel: Tunnel | None = None
    _secure: bool  # the driver's own

    def leave(self) -> None:
        """End the connection and its tunnel, whatever state they are in."""
        self._force_close()  # type: ignore[attr-defined]
        if self.tunnel:
            self.tunnel.close()

    def close(self) -> None:
        try:
            super().close()
        finally:
            self.leave()

    def _create_ssl_ctx(self, sslp: ssl.SSLContext | dict[str, Any]) -> ssl.SSLContext:
        """TLS as asked for; where nothing is asked for, with whoever answers."""
        return sslp if isinstance(sslp, ssl.SSLContext) else unverified()


def _set_up(connection: Connection, lock_wait_seconds: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SET SESSION time_zone = '+00:00', innodb_lock_wait_timeout = %(seconds)s,"
            " lock_wait_timeout = %(seconds)s,"
            " group_concat_max_len = least(%(list_bytes)s, @@max_allowed_packet)"  # MySQL 5.7 sends 4 MB at most
            # MySQL would warn and read the whole table where a list of ids needs more memory than this; not MariaDB's
            "/*!50709 , range_optimizer_max_mem_size = 0 */",
            {"seconds": lock_wait_seconds, "list_bytes": LONGEST_LIST_BYTES},
        )
        cursor.execute(
            "SHOW VARIABLES WHERE variable_name IN ('log_bin', 'binlog_format')"
        )  # MySQL may drop the second
        if set(cursor.fetchall()) != {
            ("log_bin", "ON"),
            ("binlog_format", "STATEMENT"),
        }:  # a statement-based binary log refuses every write at READ COMMITTED
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
    if code in TLS_FAILED or (code == CANNOT_CONNECT and "SSL" in said and "EOF" not in said):
        return WrongSettingsError(
            f"{address}: no encrypted connection ({said}). Correct the `ssl_...` entries in the connection's query:"
            " `ssl_ca` holds who signed the server's certificate, and the host must be one of the names in it"
        )
    if code in NO_SUCH_LOGIN:
        return WrongSettingsError(f"{address}: {_way_of_login(said)}")
    if code in UNREACHABLE:
        return UnreachableError(
            f"{address}: the server doesn't answer ({said}). It is tried again; if it stays so, check host, port,"
            " firewall and whether the server runs"
        )
    return None


def _way_of_login(said: str) -> str:
    return (
        f"expected a user that logs in by mysql_native_password or caching_sha2_password, but {said}. Ask the"
        " administrator for a user of that kind"
    )
