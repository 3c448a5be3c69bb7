"""Many archived files asked for a few rows; those that are gone, or can't be read, are left out and counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from tasks import archive
from tasks.duck import desk, sql_text
from tasks.errors import NotArchivedError


class Asked(NamedTuple):
    """Rows by the file that they stood in, every file that could be read, and how many could not."""

    rows: dict[Path, list[dict[str, Any]]]
    left_out: int


def entry(kind: str, integration_id: int, name: str, file: str, *beside: str) -> Path | None:
    """Return a file of an archived entry, with those `beside` it in place; None where it is there no more."""
    try:
        path = archive.find(kind, integration_id, name, file, *beside) / file
    except NotArchivedError:
        return None
    return path if path.exists() else None


def ask(file: str, paths: Sequence[Path], values: Mapping[str, Any]) -> Asked:
    """Ask `paths` for the rows of a `.sql` file that reads `$files` and names each one's `filename`."""
    with desk() as table:
        return _ask(table.connection, sql_text(file), list(paths), values)


def _ask(connection: duckdb.DuckDBPyConnection, text: str, paths: list[Path], values: Mapping[str, Any]) -> Asked:
    """Ask all at once; where one of them can't be read, halve them until it stands alone."""
    if not paths:
        return Asked({}, 0)
    try:
        cursor = connection.execute(text, {**values, "files": [str(path) for path in paths]})
        names = [column[0] for column in cursor.description or []]
        found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    except duckdb.OutOfMemoryException:
        raise
    except duckdb.Error:
        if len(paths) == 1:
            return Asked({}, 1)
        middle = len(paths) // 2
        first = _ask(connection, text, paths[:middle], values)
        second = _ask(connection, text, paths[middle:], values)
        return Asked({**first.rows, **second.rows}, first.left_out + second.left_out)
    rows: dict[Path, list[dict[str, Any]]] = {path: [] for path in paths}
    for row in found:
        rows[Path(row.pop("filename"))].append(row)
    return Asked(rows, 0)
