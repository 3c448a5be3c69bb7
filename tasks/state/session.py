"""One transaction on our database: bulk reads and writes as Parquet files, and a few small statements."""

from __future__ import annotations

import tempfile
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from tasks.duck import scratch
from tasks.state.csvfile import csv_to_parquet
from tasks.state.incoming import Incoming, incoming
from tasks.state.statements import Target
from tasks.state.tables import columns_of

Value = int | str | bool | None
Condition = Value | Sequence[int | str]
STAMPS = ("created_at", "updated_at")
STATEMENTS = Path(__file__).parent / "sql"


@cache
def statement(name: str) -> str:
    """The text of a small statement, `tasks/state/sql/NAME.sql`; its values stand there as `:name`."""
    return (STATEMENTS / f"{name}.sql").read_text(encoding="utf-8")


class Session(ABC):
    """One transaction. `rows` is always a Parquet file; its columns are the columns that are written.

    `created_at` and `updated_at`, where the table has them and the file has not, are set by the database's clock
    on the rows that are really inserted or changed.
    Errors of every verb: ValueError (file and table don't fit), WrongSettingsError (the database demands what we
    don't have), UnreachableError.
    """

    def read(
        self,
        table: str,
        to: Path,
        columns: Sequence[str] | None = None,
        where: Mapping[str, Condition] | None = None,
    ) -> Path:
        """Write a table's rows, in no particular order, to the Parquet file `to` with the types of `tables.py`.

        `columns`: None is every column of ours that the database has. `where`: column -> value, all of them equal
        (None is IS NULL), or a list of values, one of them equal: only by lists are rows found by an index.
        """
        known, real = columns_of(table), self.real_columns(table)
        chosen = list(columns) if columns is not None else [name for name in known if name in real]
        if unknown := (set(chosen) | set(where or {})) - set(known):
            raise ValueError(f"`{table}`: expected columns {', '.join(known)}; got {', '.join(sorted(unknown))}")
        to.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="state-", dir=to.parent) as folder:
            csv = Path(folder) / "rows.csv"
            self._write_csv(table, chosen, where or {}, csv)
            with scratch() as connection:
                return csv_to_parquet(connection, csv, to, {name: known[name] for name in chosen})

    def insert(self, table: str, rows: Path) -> int:
        """Add rows; one that is there already is an error. Returns how many."""
        with incoming(table, rows, self.real_columns(table), ()) as given:
            return self._insert(given, self._target(given)) if given.count else 0

    def upsert(self, table: str, rows: Path, key: Sequence[str], update: Sequence[str] | None = None) -> int:
        """Add rows, or change those whose unique `key` exists where a column of `update` differs.

        `update`: None is every column of the file outside the key; empty leaves existing rows alone.
        Returns how many rows were added or changed; equal rows are not written.
        """
        with incoming(table, rows, self.real_columns(table), key) as given:
            changing = [name for name in given.columns if name not in key] if update is None else list(update)
            if wrong := set(changing) - set(given.columns):
                raise ValueError(f"`{table}` from {rows.name}: expected columns {', '.join(sorted(wrong))} in the file")
            return self._upsert(given, self._target(given), changing) if given.count else 0

    def update(self, table: str, rows: Path, key: Sequence[str]) -> int:
        """Change the rows that have one of the file's keys and differ; others are never added. Returns how many."""
        with incoming(table, rows, self.real_columns(table), key) as given:
            if set(given.columns) == set(key):
                raise ValueError(f"`{table}` from {rows.name}: expected columns to change beside the key, got none")
            return self._update(given, self._target(given)) if given.count else 0

    def delete(self, table: str, rows: Path, key: Sequence[str]) -> int:
        """Remove the rows that have one of the file's keys (its other columns don't matter). Returns how many."""
        with incoming(table, rows, self.real_columns(table), key) as given:
            return self._delete(given, self._target(given)) if given.count else 0

    def execute(self, name: str, values: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """Run the small statement `sql/NAME.sql`; rows as dicts: times aware in UTC, JSON as text.

        Times may be given as aware datetimes, or as naive ones in UTC.
        """
        return self._execute(statement(name), dict(values or {}))

    @abstractmethod
    def reserve_ids(self, table: str, count: int) -> list[int]:
        """New values for a table's `id`, in order, that no other session will get."""

    @abstractmethod
    def now(self) -> datetime:
        """The database's clock at this moment, aware in UTC."""

    @abstractmethod
    def real_columns(self, table: str) -> Mapping[str, str]:
        """Column -> its type in this database, of the table as it really is (an adopted one may have more)."""

    @abstractmethod
    def required_columns(self, table: str) -> list[str]:
        """Columns that demand a value, have no default, and that we don't fill by ourselves."""

    @abstractmethod
    def _write_csv(self, table: str, columns: Sequence[str], where: Mapping[str, Condition], csv: Path) -> None: ...

    @abstractmethod
    def _insert(self, rows: Incoming, target: Target) -> int: ...

    @abstractmethod
    def _upsert(self, rows: Incoming, target: Target, update: Sequence[str]) -> int: ...

    @abstractmethod
    def _update(self, rows: Incoming, target: Target) -> int: ...

    @abstractmethod
    def _delete(self, rows: Incoming, target: Target) -> int: ...

    @abstractmethod
    def _execute(self, text: str, values: dict[str, Any]) -> list[dict[str, Any]]: ...

    def _target(self, rows: Incoming) -> Target:
        known, real = columns_of(rows.table), self.real_columns(rows.table)
        stamped = [name for name in STAMPS if name in known and name in real and name not in rows.columns]
        return Target(rows.table, rows.columns, rows.key, tuple(stamped))


def text_or_number(value: Value, duck_type: str) -> Value:
    """A value of a condition, in the type of its column: databases differ in how they compare 5 with '5'."""
    return str(value) if value is not None and duck_type == "VARCHAR" else value
