"""Our database as an SQLite file: for trials, and for one worker."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.pool import NullPool

from tasks.errors import RexbitError, UnreachableError, WrongSettingsError
from tasks.state import statements
from tasks.state.address import Address
from tasks.state.database import StateDatabase
from tasks.state.incoming import Incoming
from tasks.state.session import Condition, Session, Value, text_or_number
from tasks.state.statements import Dialect, Target, quoted
from tasks.state.tables import columns_of, columns_of_type, theirs

BUSY_SECONDS = 30
CACHE_KIB = 65_536
QUOTED_TYPES = ("VARCHAR", "TIMESTAMP")


def _source(columns: Sequence[str], stamps: Sequence[str]) -> str:
    return f"VALUES ({', '.join(['?'] * len(columns) + list(stamps))})"


DIALECT = Dialect(
    now="datetime('now')",
    differs=lambda _column, old, new: f"{old} IS NOT {new}",
    source=_source,
)


class SqliteDatabase(StateDatabase):
    """An SQLite file in WAL mode; each session has a connection of its own (a fraction of a millisecond)."""

    def __init__(self, address: Address) -> None:
        super().__init__(address)
        assert address.path is not None  # noqa: S101
        self._path = address.path

    @contextmanager
    def session(self, *, read_only: bool = False) -> Iterator[Session]:
        with self.translated(), closing(self._connect()) as connection:
            connection.execute("BEGIN" if read_only else "BEGIN IMMEDIATE")
            try:
                yield SqliteSession(connection)
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    def close(self) -> None:
        """Nothing stays open between sessions."""

    def engine(self) -> Engine:
        engine = create_engine("sqlite://", creator=self._connect, poolclass=NullPool)

        @event.listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:  # Python's sqlite3 would begin too late to guard anything
            connection.exec_driver_sql("BEGIN IMMEDIATE")

        return engine

    def revision(self) -> str | None:
        if not self._path.exists():
            return None
        with self.session(read_only=True) as session:
            if not session.execute("revision_table_sqlite"):
                return None
            return next((row["version_num"] for row in session.execute("revision")), None)

    def _connect(self) -> sqlite3.Connection:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(self._path, timeout=BUSY_SECONDS, isolation_level=None)
        except (OSError, sqlite3.OperationalError) as error:
            raise WrongSettingsError(
                f"expected a file that can be opened or made, got `{self.shown}`: {error}."
                " Give its folder to this user, or set REXBIT_HOME or REXBIT_DATABASE_URL"
            ) from error
        connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
            try:
                connection.execute("PRAGMA journal_mode = wal")
            except sqlite3.OperationalError as error:
                if "locked" not in str(error):  # another process is switching at this moment: as good
                    connection.close()
                    raise
        return connection

    @contextmanager
    def translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            if "locked" in str(error) or "busy" in str(error):
                raise UnreachableError(
                    f"`{self.shown}`: waited {BUSY_SECONDS} s for another program that writes to it."
                    " Run again later; several workers need PostgreSQL (REXBIT_DATABASE_URL)"
                ) from error
            raise
        except sqlite3.IntegrityError as error:
            kind = RexbitError if "UNIQUE" in str(error) else WrongSettingsError
            raise kind(f"`{self.shown}` refused a row: {error}") from error
        except sqlite3.DatabaseError as error:
            if type(error) is not sqlite3.DatabaseError:
                raise
            raise WrongSettingsError(f"expected an SQLite database, got `{self.shown}`: {error}") from error


class SqliteSession(Session):
    """A transaction on SQLite."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._reserved: dict[str, int] = {}

    def reserve_ids(self, table: str, count: int) -> list[int]:
        # the write lock is ours until the transaction ends; ids given out before stand in no row yet
        row = self._connection.execute(f"SELECT max(id) FROM {quoted(table)}").fetchone()  # noqa: S608
        first = max(row[0] or 0, self._reserved.get(table, 0)) + 1
        self._reserved[table] = first + count - 1
        return list(range(first, first + count))

    def now(self) -> datetime:
        return datetime.now(UTC)

    def real_columns(self, table: str) -> Mapping[str, str]:
        return {row["name"]: row["type"] for row in self._table_info(table)}

    def required_columns(self, table: str) -> list[str]:
        ours = set(columns_of(table)) - theirs(table)
        return [
            row["name"]
            for row in self._table_info(table)
            if row["notnull"] and row["dflt_value"] is None and not row["pk"] and row["name"] not in ours
        ]

    def _table_info(self, table: str) -> list[dict[str, Any]]:
        return self._execute("SELECT * FROM pragma_table_info(:table)", {"table": table})

    def _write_csv(self, table: str, columns: Sequence[str], where: Mapping[str, Condition], csv: Path) -> None:
        """SQLite itself makes each CSV line: three times as fast as tuples through Python's csv module."""
        known = columns_of(table)
        fields = " || ',' || ".join(_csv_field(name, known[name]) for name in columns)
        conditions, values = ["true"], list[Value]()
        for name, wanted in where.items():
            if isinstance(wanted, str | int | None):
                conditions.append(f"{quoted(name)} IS ?")
                values.append(text_or_number(wanted, known[name]))
            else:
                conditions.append(f"{quoted(name)} IN ({', '.join('?' * len(wanted))})")
                values += [text_or_number(value, known[name]) for value in wanted]
        query = f"SELECT {fields} || char(10) FROM {quoted(table)} WHERE {' AND '.join(conditions)}"  # noqa: S608
        with csv.open("w", encoding="utf-8", newline="") as file:
            file.writelines(line for (line,) in self._connection.execute(query, values))

    def _insert(self, rows: Incoming, target: Target) -> int:
        return self._write_all(statements.insert(target, DIALECT), rows)

    def _upsert(self, rows: Incoming, target: Target, update: Sequence[str]) -> int:
        return self._write_all(statements.upsert(target, DIALECT, update), rows)

    def _update(self, rows: Incoming, target: Target) -> int:
        changing = [name for name in target.columns if name not in target.key]
        marks = {name: f"?{number}" for number, name in enumerate(target.columns, start=1)}
        changes = [f"{quoted(name)} = {marks[name]}" for name in changing]
        changes += [f"{quoted(name)} = {DIALECT.now}" for name in target.stamped if name == "updated_at"]
        same = " AND ".join(f"{quoted(name)} = {marks[name]}" for name in target.key)
        differs = " OR ".join(f"{quoted(name)} IS NOT {marks[name]}" for name in changing)
        text = f"UPDATE {quoted(target.table)} SET {', '.join(changes)} WHERE {same} AND ({differs})"  # noqa: S608
        return self._write_all(text, rows)

    def _delete(self, rows: Incoming, target: Target) -> int:
        same = " AND ".join(f"{quoted(name)} = ?" for name in target.key)
        return self._write_all(f"DELETE FROM {quoted(target.table)} WHERE {same}", rows, target.key)  # noqa: S608

    def _write_all(self, text: str, rows: Incoming, columns: Sequence[str] | None = None) -> int:
        """Run a statement once for each row, in key order: it finds its row by the table's own index."""
        before = self._connection.total_changes
        for batch in rows.batches(columns):
            self._connection.executemany(text, batch)
        return self._connection.total_changes - before

    def _execute(self, text: str, values: dict[str, Any]) -> list[dict[str, Any]]:
        bound = {name: _bound(value) for name, value in values.items()}
        cursor = self._connection.execute(text, bound)
        names = [column[0] for column in cursor.description or []]
        return [
            {name: _restored(name, value) for name, value in zip(names, row, strict=True)} for row in cursor.fetchall()
        ]


def _csv_field(name: str, duck_type: str) -> str:
    text = f"CAST({quoted(name)} AS TEXT)"
    if duck_type in QUOTED_TYPES:
        text = f"""'"' || replace({text}, '"', '""') || '"'"""
    return f"coalesce({text}, '')"


def _bound(value: object) -> object:
    if isinstance(value, datetime):
        utc = value.astimezone(UTC) if value.tzinfo else value
        return utc.replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")
    return str(value) if isinstance(value, Decimal) else value


def _restored(name: str, value: object) -> object:
    """SQLite has no times, booleans or decimals: a column's name tells what its value is."""
    if value is None:
        return None
    if name in columns_of_type("TIMESTAMP"):
        return datetime.fromisoformat(str(value)).replace(tzinfo=UTC)
    if name in columns_of_type("BOOLEAN"):
        return bool(value)
    return Decimal(str(value)) if name in columns_of_type("DECIMAL(18,4)") else value
