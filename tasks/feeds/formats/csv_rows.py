"""CSV: records into rows of text, each with its line number; no record is lost without a word.

DuckDB reads the file when each record is one line and none is broken, which the count of lines proves.
Otherwise Python's reader takes over: slower, but it knows the line of every record and every broken one.
"""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterator
from pathlib import Path

import duckdb

from blocks import SupplierFeed
from tasks.duck import Desk
from tasks.errors import Refused
from tasks.feeds.formats.columns import column_of, lacking
from tasks.feeds.formats.csv_layout import LONGEST_LINE, Layout, find_layout, lines_of
from tasks.feeds.formats.decode import Text, to_utf8
from tasks.feeds.formats.sheet import Broken, Sheet, lay_broken, lay_file, lay_rows, one_line
from tasks.feeds.sources.address import shown

SHOWN_COLUMNS = 60
SHOWN_RECORD = 200
MOST_BROKEN = 200_000


def read_csv(desk: Desk, feed: SupplierFeed, raw: Path, folder: Path) -> Sheet:
    """Lay `rows` and `broken` on the desk; row_number is the line in the file where a record begins.

    Raises Refused: undecodable, a mapped column gone, the file cut inside its last record.
    """
    where = shown(feed.source)
    return read_text(desk, feed, to_utf8(raw, feed.encoding, folder, where), folder)


def read_text(desk: Desk, feed: SupplierFeed, text: Text, folder: Path) -> Sheet:
    """Do the same with text that is UTF-8 already."""
    where = shown(feed.source)
    layout = find_layout(text.path, feed, where)
    places = _places(layout, feed, where)
    try:
        rows = _read_fast(desk, text, layout, places)
    except duckdb.InvalidInputException:  # a broken record, mixed line ends: it ends at the first one
        rows = None
    if rows is None:
        rows = _read_exactly(desk, text, layout, places, folder, where)
    return Sheet("csv", text.encoding, layout.columns, rows, layout.delimiter)


def _places(layout: Layout, feed: SupplierFeed, where: str) -> dict[str, int]:
    """Field -> index of its column. Without a header a column may be named by its number."""
    index = {name: place for place, name in enumerate(layout.columns)}
    if not feed.has_header:
        index |= {str(place + 1): place for place in range(len(layout.columns))}
    wanted = feed.columns()
    found = {field: column_of(column, index) for field, column in wanted.items()}
    gone = lacking(wanted, index)
    if gone:
        there = ", ".join(f"`{name[:80]}`" for name in layout.columns[:SHOWN_COLUMNS])
        raise Refused(
            f"{where}: expected the mapped columns "
            + ", ".join(f"`{column}` ({field})" for field, column in gone.items())
            + f", which the file does not have. Its columns are {there} (delimiter `{layout.delimiter}`)."
            " Correct the feed's mapping, or ask the supplier what changed"
        )
    return {field: index[column] for field, column in found.items() if column is not None}


def _read_fast(desk: Desk, text: Text, layout: Layout, places: dict[str, int]) -> int | None:
    """Read by DuckDB; None when a record was dropped or spans lines (then line numbers would be wrong)."""
    if len(layout.columns) == 1 or _is_tricky_above(text.path, layout):
        return None
    expected = text.lines - layout.header_lines
    lay_rows(
        desk,
        {
            "row_number": "row_number() OVER () + $above",
            **{field: f"c{place}" for field, place in places.items()},
        },
        "read_csv($path, columns = $columns, auto_detect = false, header = false, skip = $above,"
        " delim = $delimiter, quote = $quote, escape = $quote, allow_quoted_nulls = false)",
        {
            "path": str(text.path),
            "columns": {f"c{place}": "VARCHAR" for place in range(len(layout.columns))},
            "above": layout.header_lines,
            "delimiter": layout.delimiter,
            "quote": layout.quote or "",
        },
    )
    if desk.count("rows") != expected:
        return None
    lay_broken(desk, [])
    return expected


def _is_tricky_above(path: Path, layout: Layout) -> bool:
    """Tell whether DuckDB may count the lines above the first record otherwise: blank or quoted ones."""
    if layout.header_lines <= 1:
        return False
    with path.open(encoding="utf-8") as file:
        above = list(itertools.islice(file, layout.header_lines))
    return any(not line.strip() or (layout.quote or '"') in line for line in above)


def _read_exactly(desk: Desk, text: Text, layout: Layout, places: dict[str, int], folder: Path, where: str) -> int:
    path = folder / "rows.csv"
    broken: Broken = []
    wanted = list(places.values())
    read = 0
    with path.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, lineterminator="\n")
        for line, record in _records(text.path, layout, where, broken):
            read += 1
            if record is not None:
                writer.writerow([line, *[one_line(record[place]) for place in wanted]])
    lay_file(desk, path, list(places))
    lay_broken(desk, broken)
    path.unlink()
    return read


def _records(path: Path, layout: Layout, where: str, broken: Broken) -> Iterator[tuple[int, list[str] | None]]:
    """Each record with its first line's number; None for one that went to `broken`."""
    width = len(layout.columns)
    with path.open(encoding="utf-8", newline="") as file:
        lines = lines_of(file, where)
        for _ in range(layout.header_lines):
            next(lines, None)
        reader = csv.reader(lines, strict=True, **layout.dialect())
        last: tuple[int, list[str]] = (0, [])
        while True:
            line = layout.header_lines + reader.line_num + 1
            try:
                record = next(reader)
            except StopIteration:
                break
            except csv.Error as error:
                if "unexpected end" in str(error):
                    raise _cut(where, line, "a quoted text that is not closed") from None
                if "field limit" in str(error):
                    raise Refused(
                        f"{where}: line {line:,}: expected texts of at most {LONGEST_LINE:,} characters, got a longer"
                        " one: a quote there is never closed. Ask the supplier, or set the feed's quote to `none`"
                    ) from None
                _note(broken, where, line, "broken_quotes", str(error))
                last = (0, [])
                yield line, None
                continue
            if not record or (width > 1 and len(record) == 1 and not record[0].strip()):
                continue
            last = (line, record)
            if len(record) == width or (len(record) > width and not any(record[width:])):
                yield line, record[:width]
            else:
                code = "too_few_columns" if len(record) < width else "too_many_columns"
                _note(broken, where, line, code, layout.delimiter.join(record))
                yield line, None
    if last[1] and len(last[1]) < width:
        raise _cut(where, last[0], f"{len(last[1])} of {width} columns")


def _note(broken: Broken, where: str, line: int, code: str, value: str) -> None:
    if len(broken) >= MOST_BROKEN:
        raise Refused(
            f"{where}: more than {MOST_BROKEN:,} records are broken, the last on line {line:,} ({code}). Set the feed's"
            " delimiter and quote, or ask the supplier"
        )
    broken.append((line, "record", value[:SHOWN_RECORD], code))


def _cut(where: str, line: int, found: str) -> Refused:
    return Refused(
        f"{where}: the file ends inside its last record, which begins on line {line:,} and holds {found}:"
        " it is cut. Fetch it again, or ask the supplier for a whole file"
    )
