"""XLSX: a sheet's rows as text, then read like CSV; nothing in the file is unpacked before its size is known."""

from __future__ import annotations

import csv
import itertools
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from xml.parsers import expat

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from blocks import SupplierFeed
from tasks.duck import Desk
from tasks.errors import Refused
from tasks.feeds.formats.csv_rows import read_text
from tasks.feeds.formats.decode import Text
from tasks.feeds.formats.sheet import Sheet, number_text, one_line
from tasks.feeds.formats.xml_stream import DEEPEST, TooDeepError, parse
from tasks.feeds.sources.address import shown

MOST_PARTS = 2000
LARGEST_PART = 400 << 20  # bytes of a sheet, unpacked: a million rows of ten columns
LARGEST_SHARED = 64 << 20  # of the texts, which are held in memory, and of everything but sheets
SAMPLED_ROWS = 300  # so many rows tell how wide the sheet is
MOST_ROWS = 1 << 20  # Excel's own limits
MOST_COLUMNS = 2000
READING = {"read_only": True, "data_only": True, "keep_links": False}
DIGITS = 15  # more of them a cell does not hold


def read_xlsx(desk: Desk, feed: SupplierFeed, raw: Path, folder: Path) -> Sheet:
    """Lay `rows` and `broken` on the desk; row_number is the sheet's row. Errors as of `read_csv` and `to_text`."""
    plain = feed.model_copy(update={"delimiter": ",", "quote": None, "record_path": None})
    found = read_text(desk, plain, to_text(raw, feed.record_path, folder, shown(feed.source)), folder)
    return Sheet("xlsx", found.encoding, found.columns, found.rows_read)


def to_text(raw: Path, sheet: str | None, folder: Path, where: str) -> Text:
    """Write a sheet (by its name; None: the first one) as comma-separated text, a line a row.

    Raises Refused: no workbook, cut, larger unpacked than any feed, hostile XML inside, no such sheet.
    """
    _look_inside(raw, where)
    path = folder / "sheet.csv"
    try:
        with raw.open("rb") as file, closing(openpyxl.load_workbook(file, **READING)) as book:
            names = book.sheetnames
            if not names or (sheet is not None and sheet not in names):
                raise Refused(
                    f"{where}: expected the sheet `{sheet or 'first'}` (record path), got"
                    f" {', '.join(f'`{name}`' for name in names) or 'none'}. Correct the feed's record path"
                )
            with path.open("w", encoding="utf-8", newline="") as target:
                lines = _write(book[sheet or names[0]], csv.writer(target, lineterminator="\n"), where)
    except (KeyError, ValueError, TypeError, AttributeError, IndexError, InvalidFileException) as error:
        raise _damaged(where, error) from None
    except (zipfile.BadZipFile, expat.ExpatError, SyntaxError, OSError, EOFError) as error:
        raise _damaged(where, error) from None
    return Text(path, "utf-8", lines)


def _write(sheet: Any, writer: Any, where: str) -> int:
    """Write the rows; blank ones stay blank lines, so that line and row numbers are the same; none at the end."""
    if not hasattr(sheet, "reset_dimensions"):
        raise Refused(f"{where}: expected a sheet with cells, got a chart. Set the record path to the sheet's name")
    sheet.reset_dimensions()  # what a file says of its own size is often wrong
    lines = 0
    rows = _rows(sheet, where)
    first = list(itertools.islice(rows, SAMPLED_ROWS))
    width = max((len(texts) for _, texts in first), default=0)  # a row ends at its last cell; records are of one width
    for number, texts in itertools.chain(first, rows):
        for _ in range(number - lines - 1):
            writer.writerow([])
        writer.writerow(texts + [""] * (width - len(texts)))
        lines = number
    return lines


def _rows(sheet: Any, where: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that hold anything, with their numbers, up to their last cell that does."""
    for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
        texts = [_text(cell) for cell in cells]
        while texts and not texts[-1]:
            texts.pop()
        if number > MOST_ROWS or len(texts) > MOST_COLUMNS:
            found = f"{len(texts):,} columns" if len(texts) > MOST_COLUMNS else f"{number:,} rows"
            raise Refused(
                f"{where}: row {number:,}: expected at most {MOST_ROWS:,} rows and {MOST_COLUMNS:,} columns, got"
                f" {found}: this is no feed"
            )
        if texts:
            yield number, texts


def _text(cell: Any) -> str:
    """A cell as a feed would write it."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return number_text(f"{cell:.{DIGITS}g}") if abs(cell) < 10**DIGITS else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(" ") if cell.time() != time() else cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    return one_line(str(cell).strip())


def _look_inside(raw: Path, where: str) -> None:
    """Refuse a workbook whose parts are too large, or XML that no program would write; openpyxl then reads safely."""
    try:
        with zipfile.ZipFile(raw) as packed:
            parts = packed.infolist()
            _check_sizes(parts, where)
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    parser = expat.ParserCreate()
                    with packed.open(part) as file:
                        parse(file, parser, _Depth(parser), None, f"{where}: {part.filename[:80]}")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise _damaged(where, error) from None


def _check_sizes(parts: Sequence[zipfile.ZipInfo], where: str) -> None:
    sheets = sum(part.file_size for part in _sheets(parts))
    others = sum(part.file_size for part in parts if not part.filename.startswith("xl/media/")) - sheets
    if len(parts) > MOST_PARTS or sheets > LARGEST_PART or others > LARGEST_SHARED:
        raise Refused(
            f"{where}: expected an Excel file of at most {LARGEST_PART >> 20:,} MB of cells and"
            f" {LARGEST_SHARED >> 20:,} MB of texts once unpacked, got {sheets >> 20:,} MB and {others >> 20:,} MB in"
            f" {len(parts):,} parts: this is no feed. Ask the supplier for CSV"
        )


def _sheets(parts: Sequence[zipfile.ZipInfo]) -> Iterator[zipfile.ZipInfo]:
    return (part for part in parts if part.filename.startswith("xl/worksheets/"))


class _Depth:
    """Only looks how deep elements stand inside each other; holds no text."""

    def __init__(self, parser: Any) -> None:
        self._depth = 0
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end

    def held(self) -> int:
        return 0

    def _start(self, *_: object) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise TooDeepError

    def _end(self, *_: object) -> None:
        self._depth -= 1


def _damaged(where: str, error: Exception) -> Refused:
    return Refused(
        f"{where}: the Excel file is cut or damaged ({str(error)[:120]}). Fetch it again, or ask the supplier for CSV"
    )
