"""DuckDB as the place where data is decided: named SQL steps from files, Parquet in, Parquet out."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

ROOT = Path(__file__).parent


@cache
def sql_text(name: str) -> str:
    """The text of a `.sql` file, named by its path below `tasks` ("linking/match.sql")."""
    return (ROOT / name).read_text(encoding="utf-8")


class Desk:
    """One DuckDB connection with tables laid on it; lives as long as one task."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection

    def load(self, **tables: Path) -> None:
        """Lay Parquet files on the desk, each as a table of the given name."""
        for name, path in tables.items():
            self.connection.execute(
                f'CREATE TABLE "{name}" AS SELECT * FROM read_parquet($path)',  # noqa: S608
                {"path": str(path)},
            )

    def run(self, file: str, values: Mapping[str, Any] | None = None) -> None:
        """Run a `.sql` file statement by statement; each takes the `$values` that it names."""
        values = values or {}
        for statement in self.connection.extract_statements(sql_text(file)):
            self.connection.execute(statement, {name: values[name] for name in statement.named_parameters})

    def save(self, table: str, path: Path) -> Path:
        """Write a table as Parquet; the file appears whole or not at all."""
        part = path.with_suffix(".part")
        self.connection.table(table).write_parquet(str(part), compression="zstd")
        part.rename(path)
        return path

    def rows(self, query: str, values: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """Rows of a short query as dicts: for counts, samples and reports, never for the bulk."""
        cursor = self.connection.execute(query, dict(values or {}))
        names = [column[0] for column in cursor.description or []]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def count(self, table: str, where: str = "true") -> int:
        """How many rows of a table hold a condition (of ours, never of a user's)."""
        row = self.connection.execute(f'SELECT count(*) FROM "{table}" WHERE {where}').fetchone()  # noqa: S608
        return int(row[0]) if row else 0


@contextmanager
def desk(folder: Path | None = None, memory: str = "512MB") -> Iterator[Desk]:
    """Open a fresh in-memory DuckDB that spills into `folder` and never fetches an extension."""
    with tempfile.TemporaryDirectory(prefix="duck-", dir=folder) as spill:
        connection = duckdb.connect(
            config={
                "memory_limit": memory,
                "temp_directory": spill,
                "autoinstall_known_extensions": "false",
                "autoload_known_extensions": "false",
            }
        )
        try:
            connection.execute("SET TimeZone = 'UTC'")
            yield Desk(connection)
        finally:
            connection.close()
