"""Our database on PostgreSQL: for production, and for several workers."""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.types.string import TextLoader
from sqlalchemy import create_engine
from sqlalchemy.engine import Engine
from sqlalchemy.pool import NullPool

from tasks.errors import RexbitError, UnreachableError, WrongSettingsError
from tasks.patience import patiently
from tasks.state.address import Address
from tasks.state.database import StateDatabase
from tasks.state.postgresql_session import PostgresqlSession
from tasks.state.session import Session

CONNECTION = {
    "connect_timeout": 10,
    "application_name": "rexbit-flows",
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
}
# Everything we read and write is UTC; a lock that isn't free by then is tried again by the task
SETTINGS = "SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET lock_timeout = '30s'"
IDLE_SECONDS = 30
WRONG_SETTINGS = ("authentication failed", "does not exist", "no password supplied", "no pg_hba.conf entry")
DEMANDS = (
    psycopg.errors.NotNullViolation,
    psycopg.errors.ForeignKeyViolation,
    psycopg.errors.CheckViolation,
    psycopg.errors.InsufficientPrivilege,
    psycopg.errors.StringDataRightTruncation,
)

Idle = list[tuple[float, psycopg.Connection]]


class PostgresqlDatabase(StateDatabase):
    """A PostgreSQL database; a connection that ended its session well waits half a minute for the next one."""

    def __init__(self, address: Address) -> None:
        super().__init__(address)
        self._lock = threading.Lock()
        self._idle: Idle = []
        self._finalizer = weakref.finalize(self, _close_all, self._idle)

    @contextmanager
    def session(self, *, read_only: bool = False) -> Iterator[Session]:
        with self.translated():
            connection = self._take()
            connection.read_only = read_only
            try:
                with connection.transaction():
                    yield PostgresqlSession(connection)
            except BaseException:
                # after an error it isn't worth finding out what state the connection is in
                connection.close()
                raise
            with self._lock:
                self._idle.append((time.monotonic(), connection))

    def close(self) -> None:
        with self._lock:
            _close_all(self._idle)

    def engine(self) -> Engine:
        def connect() -> psycopg.Connection:
            connection = self._connect()
            connection.autocommit = False
            return connection

        return create_engine("postgresql+psycopg://", creator=connect, poolclass=NullPool)

    def revision(self) -> str | None:
        with self.session(read_only=True) as session:
            if not session.execute("revision_table_postgresql"):
                return None
            return next((row["version_num"] for row in session.execute("revision")), None)

    def _take(self) -> psycopg.Connection:
        with self._lock:
            while self._idle:
                since, connection = self._idle.pop()
                if time.monotonic() - since < IDLE_SECONDS and _alive(connection):
                    return connection
                connection.close()
        return patiently(self._connect, "our database", seconds=self.patience_seconds)

    def _connect(self) -> psycopg.Connection:
        options: dict[str, Any] = {**CONNECTION, **self._address.options}
        try:
            connection = psycopg.connect(
                autocommit=True, prepare_threshold=None, cursor_factory=psycopg.ClientCursor, **options
            )
        except psycopg.Error as error:
            raise self._not_connected(error) from None  # the driver's own text may hold the password
        for kind in ("json", "jsonb"):
            connection.adapters.register_loader(kind, TextLoader)
        connection.execute(SETTINGS)
        return connection

    def _not_connected(self, error: psycopg.Error) -> RexbitError:
        text = self._address.masked(str(error))
        if any(part in text for part in WRONG_SETTINGS) or isinstance(error, psycopg.ProgrammingError):
            return WrongSettingsError(
                f"expected a PostgreSQL database at `{self.shown}` that lets us in, got: {text}."
                " Correct REXBIT_DATABASE_URL or the block `rexbit`"
            )
        return UnreachableError(f"no connection to `{self.shown}`: {text}")

    @contextmanager
    def translated(self) -> Iterator[None]:
        try:
            yield
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            text = self._address.masked(str(error))
            raise UnreachableError(f"`{self.shown}` did not finish what was asked: {text}") from None
        except DEMANDS as error:
            raise WrongSettingsError(f"`{self.shown}` refused a row or a table: {_explained(error)}") from error
        except psycopg.errors.UniqueViolation as error:
            raise RexbitError(f"`{self.shown}` already holds such a row: {_explained(error)}") from error


def _alive(connection: psycopg.Connection) -> bool:
    try:
        connection.execute("")
    except psycopg.Error:
        return False
    return True


def _close_all(idle: Idle) -> None:
    while idle:
        idle.pop()[1].close()


def _explained(error: psycopg.Error) -> str:
    found = error.diag
    place = " ".join(part for part in (found.table_name, found.column_name, found.constraint_name) if part)
    return " ".join(part for part in (found.message_primary, found.message_detail, place and f"({place})") if part)
