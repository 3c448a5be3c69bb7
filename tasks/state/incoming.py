"""Rows on their way into the database: a Parquet file, checked against the table it is meant for."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from tasks.duck import Desk, desk
from tasks.state.csvfile import select_to_csv
from tasks.state.statements import listed, quoted
from tasks.state.tables import columns_of

BATCH = 20_000
TIMESTAMP_FORMAT = "%Y-%m-%d %H:%M:%S.%f"


@dataclass(frozen=True)
class Incoming:
    """Checked rows: every column exists in the table, keys are given and unique; open while they are written."""

    place: Desk
    table: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    count: int

    def to_csv(self, csv: Path, stamps: Sequence[datetime] = ()) -> Path:
        """Write the rows in key order as CSV, each followed by `stamps`."""
        known = columns_of(self.table)
        values = [f"CAST({quoted(name)} AS {known.get(name, 'VARCHAR')})" for name in self.columns]
        values += [f"TIMESTAMP '{stamp:%Y-%m-%d %H:%M:%S}'" for stamp in stamps]
        select = f"SELECT {', '.join(values)} FROM rows {self._order()}"  # noqa: S608
        return select_to_csv(self.place.connection, select, csv)

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[list[tuple[Any, ...]]]:
        """The rows (of `columns`, None is all) in key order, in lists, as SQLite stores them: integers, texts, None."""
        known = columns_of(self.table)
        values = ", ".join(_stored(name, known.get(name, "VARCHAR")) for name in columns or self.columns)
        with self.place.second_connection() as cursor:
            cursor.execute(f"SELECT {values} FROM rows {self._order()}")  # noqa: S608
            while batch := cursor.fetchmany(BATCH):
                yield batch

    def _order(self) -> str:
        return f"ORDER BY {listed(self.key)}" if self.key else ""


@contextmanager
def incoming(table: str, rows: Path, real: Collection[str], key: Sequence[str]) -> Iterator[Incoming]:
    """Open a Parquet file as rows for `table`, whose columns in the database are `real`.

    Errors: ValueError for a column that the table lacks, a key that is missing, NULL, or found twice.
    """
    columns_of(table)
    with desk() as place:
        connection = place.connection
        place.show(rows=rows)
        columns = tuple(column[0] for column in connection.execute("SELECT * FROM rows LIMIT 0").description or [])
        _expect(table, rows, "columns of the table", set(columns) - set(real))
        _expect(table, rows, "a file with the key's columns, which lacks", set(key) - set(columns))
        _check_keys(connection, table, rows, tuple(key))
        row = connection.execute("SELECT count(*) FROM rows").fetchone()
        yield Incoming(place, table, columns, tuple(key), row[0] if row else 0)


def _expect(table: str, rows: Path, what: str, wrong: set[str]) -> None:
    if wrong:
        raise ValueError(f"`{table}` from {rows.name}: expected {what}: {', '.join(sorted(wrong))}")


def _check_keys(connection: duckdb.DuckDBPyConnection, table: str, rows: Path, key: tuple[str, ...]) -> None:
    if not key:
        return
    names = listed(key)
    nulls = " OR ".join(f"{quoted(name)} IS NULL" for name in key)
    if connection.execute(f"SELECT 1 FROM rows WHERE {nulls} LIMIT 1").fetchone():  # noqa: S608
        raise ValueError(f"`{table}` from {rows.name}: expected a value in each of {names}, got NULL")
    twice = connection.execute(
        f"SELECT {names} FROM rows GROUP BY {names} HAVING count(*) > 1 ORDER BY {names} LIMIT 1"  # noqa: S608
    ).fetchone()
    if twice:
        raise ValueError(f"`{table}` from {rows.name}: expected each {names} once, got {twice} more than once")


def _stored(name: str, duck_type: str) -> str:
    value = f"CAST({quoted(name)} AS {duck_type})"
    if duck_type == "TIMESTAMP":
        return f"strftime({value}, '{TIMESTAMP_FORMAT}')"
    if duck_type == "BOOLEAN":
        return f"CAST({value} AS TINYINT)"
    if duck_type.startswith("DECIMAL"):
        return f"CAST({value} AS VARCHAR)"
    return value
