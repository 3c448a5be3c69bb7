"""What every format's reader hands on: records as rows of text, and what could not become one."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tasks.duck import Desk
from tasks.errors import Refused
from tasks.feeds.formats.columns import may_lack

# Target fields of a feed, in the order in which `rows` and the readers hold them.
FIELDS = (
    "sku",
    "ean",
    "stock_quantity",
    "is_available",
    "delivery_days",
    "purchase_price",
    "supplier_sku",
    "available_later",
    "name",
    "contractor",
)
LONGEST_TEXT = 4096  # a longer text fits no rule of the grammar; names are cut there
Broken = list[tuple[int, str, str, str]]
BROKEN = ("row_number", "field", "value", "reason_code")


NUMBER_LIKE_THOUSANDS = re.compile(r"-?\d{1,3}\.\d{3}")
ENOUGH_RECORDS = 20  # in so many records a mapped path must occur at least once
MAY_BE_MISSING = {"name", "available_later"}


@dataclass(frozen=True)
class Sheet:
    """How a file was read: `columns` are all that it has (paths for XML), `rows_read` its records."""

    format: str
    encoding: str
    columns: list[str]
    rows_read: int
    delimiter: str | None = None


def in_order(fields: Collection[str]) -> list[str]:
    """Fields as they follow each other everywhere: FIELDS, then the warehouses by their number."""
    return [field for field in FIELDS if field in fields] + [field for field in fields if field not in FIELDS]


def lay_rows(desk: Desk, mapping: Mapping[str, str], source: str, values: Mapping[str, Any]) -> None:
    """Create `rows` (row_number BIGINT; FIELDS, and what else is mapped, as VARCHAR) from a table expression of ours.

    `mapping`: field -> the expression's own column name; a field that isn't mapped is NULL. `values`: of the
    expression, among them the `path` of its file.
    """
    fields = ", ".join(
        f'left("{mapping[field]}", {LONGEST_TEXT}) AS {field}' if field in mapping else f"NULL::VARCHAR AS {field}"
        for field in (*FIELDS, *(field for field in mapping if field not in FIELDS and field != "row_number"))
    )
    desk.take_threads(Path(values["path"]))
    query = f"SELECT {mapping['row_number']} AS row_number, {fields} FROM {source}"  # noqa: S608
    desk.connection.execute(f"CREATE OR REPLACE TABLE rows AS {query}", dict(values))


def one_line(text: str) -> str:
    """A text as one line: a line break in it, and the blanks around it, become a space."""
    return " ".join(text.split()) if "\n" in text or "\r" in text else text


def number_text(text: str) -> str:
    """A number that was no text in its file (JSON, XLSX), so that its point can't be taken for one of thousands."""
    return text + "0" if NUMBER_LIKE_THOUSANDS.fullmatch(text) else text


def lay_file(desk: Desk, path: Path, fields: Sequence[str]) -> None:
    """Create `rows` from a comma-separated file of our own: row_number and the given fields, a line a record."""
    columns = {"row_number": "BIGINT", **dict.fromkeys(fields, "VARCHAR")}
    lay_rows(
        desk,
        {name: name for name in columns},
        "read_csv($path, columns = $columns, auto_detect = false, header = false, new_line = '\\n',"
        " delim = ',', quote = '\"', escape = '\"')",
        {"path": str(path), "columns": columns},
    )


def lay_broken(desk: Desk, records: Sequence[tuple[int, str, str, str]]) -> None:
    """Create `broken`: what a reader could not turn into text of a field (columns BROKEN)."""
    desk.connection.execute(
        "CREATE OR REPLACE TABLE broken (row_number BIGINT, field VARCHAR, value VARCHAR, reason_code VARCHAR)"
    )
    if records:
        desk.connection.execute(
            "INSERT INTO broken SELECT unnest($row_number), unnest($field), unnest($value), unnest($reason_code)",
            {name: [record[index] for record in records] for index, name in enumerate(BROKEN)},
        )


def refuse_gone(
    mapping: Mapping[str, str], seen: Collection[str], count: int, paths: Iterable[str], where: str
) -> None:
    """Raise Refused where none of `count` records (if they are enough to tell) has a mapped path.

    `seen`: fields of which a path occurred; `paths`: what the first records have.
    """
    gone = [
        f"`{path}` ({field})"
        for field, path in mapping.items()
        if field not in seen and field not in MAY_BE_MISSING and not may_lack(path)
    ]
    if gone and count >= ENOUGH_RECORDS:
        raise Refused(
            f"{where}: expected the mapped paths {', '.join(gone)}, which none of {count:,} records has. A record has"
            f" {', '.join(f'`{path}`' for path in paths)}. Correct the feed's mapping, or ask the supplier what changed"
        )
