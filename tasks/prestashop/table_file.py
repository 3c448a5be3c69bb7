"""Rows on their way into Parquet: a CSV that tells NULL from '' (nothing, and a pair of quotes)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from tasks.duck import Desk


def write_rows(file: Any, rows: Iterable[Sequence[str | int | None]]) -> None:
    """Append rows to an open text file (`newline=""`); every value is quoted, None is nothing at all."""
    file.writelines(
        ",".join(["" if value is None else '"' + str(value).replace('"', '""') + '"' for value in row]) + "\n"
        for row in rows
    )


def load_rows(desk: Desk, table: str, columns: Sequence[str], path: Path) -> None:
    """Lay such a file on the desk as a table of VARCHAR columns."""
    desk.connection.execute(
        f"""
        CREATE TABLE "{table}" AS SELECT * FROM read_csv($path, columns = $columns, header = false, delim = ',',
          quote = '"', escape = '"', nullstr = '', allow_quoted_nulls = false, auto_detect = false, parallel = false)
        """,  # noqa: S608  (table names are ours)
        {"path": str(path), "columns": dict.fromkeys(columns, "VARCHAR")},
    )
