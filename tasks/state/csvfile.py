"""Tables between a database and Parquet, through CSV: NULL is an empty field, an empty text is `""`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb

READ = """
COPY (
    SELECT * FROM read_csv(
        $csv, columns = $columns, auto_detect = false, header = false, delim = ',', quote = '"', escape = '"',
        new_line = '\\n', nullstr = '', allow_quoted_nulls = false
    )
) TO $part (FORMAT parquet, COMPRESSION uncompressed)
"""
WRITE_OPTIONS = """(FORMAT csv, HEADER false, DELIMITER ',', QUOTE '"', ESCAPE '"', NULLSTR '')"""


def csv_to_parquet(connection: duckdb.DuckDBPyConnection, csv: Path, to: Path, types: Mapping[str, str]) -> Path:
    """Turn a CSV file without header into Parquet; `types` is column name -> DuckDB type, in the file's order.

    The Parquet file appears whole or not at all.
    """
    part = to.with_name(to.name + ".part")
    connection.execute(READ, {"csv": str(csv), "columns": dict(types), "part": str(part)})
    part.replace(to)
    return to


def select_to_csv(connection: duckdb.DuckDBPyConnection, select: str, csv: Path) -> Path:
    """Write the rows of a SELECT (of ours) as a CSV file without header."""
    connection.execute(f"COPY ({select}) TO $csv {WRITE_OPTIONS}", {"csv": str(csv)})
    return csv
