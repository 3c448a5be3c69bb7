"""DuckDB as the place where data is decided: named SQL steps from files, Parquet in, Parquet out."""

from __future__ import annotations

import atexit
import itertools
import os
import shutil
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from tasks.folders import SPILL, make_folder

ROOT = Path(__file__).parent
MEMORY = "512MB"
MANY_BYTES = 16_000_000  # of one file, some 200,000 rows: below, more threads than one cost more than they give


@cache
def sql_text(name: str) -> str:
    """The text of a `.sql` file, named by its path below `tasks` ("linking/match.sql")."""
    return (ROOT / name).read_text(encoding="utf-8")


class Desk:
    """One DuckDB connection with tables laid on it; lives as long as one step."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, name: str) -> None:
        self.connection = connection
        self._name = name

    @contextmanager
    def second_connection(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open another connection to the same tables: to read rows bit by bit while the first one goes on."""
        connection = self.connection.cursor()
        try:
            connection.execute(f"USE {self._name}")
            yield connection
        finally:
            connection.close()

    def load(self, **tables: Path) -> None:
        """Lay Parquet files on the desk, each as a table of the given name."""
        for name, path in tables.items():
            self.take_threads(path)
            self.connection.execute(
                f'CREATE TABLE "{name}" AS SELECT * FROM read_parquet($path)',  # noqa: S608
                {"path": str(path)},
            )

    def show(self, **tables: Path) -> None:
        """Lay Parquet files on the desk without taking their rows in: for what is looked at once, and in part."""
        for name, path in tables.items():
            self.take_threads(path)
            self.connection.read_parquet(str(path)).create_view(name)

    def take_threads(self, path: Path) -> None:
        """Use all processors from now on, if this file is a large one."""
        if path.stat().st_size >= MANY_BYTES:
            self.connection.execute(f"SET threads = {os.cpu_count() or 1}")

    def run(self, file: str, values: Mapping[str, Any] | None = None) -> None:
        """Run a `.sql` file statement by statement; each takes the `$values` that it names."""
        values = values or {}
        for statement in self.connection.extract_statements(sql_text(file)):
            self.connection.execute(statement, {name: values[name] for name in statement.named_parameters})

    def save(self, table: str, path: Path, *, to_keep: bool = False) -> Path:
        """Write a table as Parquet, compressed if it is `to_keep`; the file appears whole or not at all."""
        part = path.with_suffix(".part")
        self.connection.table(table).write_parquet(str(part), compression="zstd" if to_keep else "uncompressed")
        part.rename(path)
        return path

    def select(self, file: str, values: Mapping[str, Any], path: Path) -> Path:
        """Write the rows of a `.sql` file's one SELECT as Parquet, without a table between."""
        (statement,) = self.connection.extract_statements(sql_text(file))
        given = {name: values[name] for name in statement.named_parameters}
        self.connection.execute(
            f"COPY ({sql_text(file)}) TO $to_path (FORMAT parquet, COMPRESSION uncompressed)",
            {**given, "to_path": str(path)},
        )
        return path

    def rows(self, query: str, values: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """Rows of a short query as dicts: for counts, samples and reports, never for the bulk."""
        cursor = self.connection.execute(query, dict(values or {}))
        names = [column[0] for column in cursor.description or []]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def count(self, table: str, where: str = "true") -> int:
        """How many rows of a table hold a condition (of ours, never of a user's)."""
        ((found,),) = self.connection.execute(f'SELECT count(*) FROM "{table}" WHERE {where}').fetchall()  # noqa: S608
        return int(found)


@contextmanager
def scratch() -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a connection for what leaves no table behind: half the cost of a desk."""
    connection = _duckdb(os.getpid()).cursor()
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def desk() -> Iterator[Desk]:
    """Open a fresh in-memory database, gone at the end, in this process's DuckDB.

    One DuckDB serves the whole process: starting one costs 40 ms of computing, a run needs some forty desks, and a
    desk of its own in the running one costs 2 ms.
    """
    name = f"desk_{next(_numbers)}"
    connection = _duckdb(os.getpid()).cursor()
    try:
        connection.execute(f"ATTACH ':memory:' AS {name}; USE {name}; SET TimeZone = 'UTC'")
        yield Desk(connection, name)
    finally:
        connection.execute(f"USE memory; DETACH DATABASE IF EXISTS {name}")
        connection.close()


def has_rows(path: Path) -> bool:
    """Whether a Parquet file has any row."""
    with scratch() as connection:
        rows = connection.execute("SELECT 1 FROM read_parquet($path) LIMIT 1", {"path": str(path)})
        return rows.fetchone() is not None


_numbers = itertools.count(1)


_starting = threading.Lock()  # two threads that come first at once would start two


def _duckdb(process: int) -> duckdb.DuckDBPyConnection:
    with _starting:
        return _started(process)


@cache
def _started(process: int) -> duckdb.DuckDBPyConnection:
    """The DuckDB of this process (a forked child needs its own): spills into a folder of its own, fetches nothing."""
    spill, _ = make_folder(f"{SPILL}{process}-")  # its lock ends with the process
    connection = duckdb.connect(
        config={
            "memory_limit": MEMORY,
            "threads": "1",
            "temp_directory": str(spill),
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        }
    )
    atexit.register(_close, connection, spill)
    return connection


def _close(connection: duckdb.DuckDBPyConnection, spill: Path) -> None:
    connection.close()
    _started.cache_clear()
    shutil.rmtree(spill, ignore_errors=True)
