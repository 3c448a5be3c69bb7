"""How a CSV file is laid out: delimiter, where its header stands, what its columns are called."""

from __future__ import annotations

import csv
import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from blocks import SupplierFeed
from tasks.errors import Refused

DELIMITERS = (";", ",", "\t", "|")
SAMPLE_RECORDS = 200
LONGEST_LINE = 1 << 20
MOST_COLUMNS = 2000


@dataclass(frozen=True)
class Layout:
    """`header_lines`: physical lines above the first record; `columns`: stable names, one a column."""

    delimiter: str
    columns: list[str]
    header_lines: int


def find_layout(path: Path, feed: SupplierFeed | None, where: str) -> Layout:
    """Look at the beginning of a UTF-8 file. Raises Refused for lines or headers too long to be a feed's."""
    delimiters = (feed.delimiter,) if feed and feed.delimiter else DELIMITERS
    layouts = [_layout(path, delimiter, feed, where) for delimiter in delimiters]
    wanted = set(feed.mapping.columns().values()) if feed else set()
    best = max(layouts, key=lambda found: (len(wanted & set(found[0].columns)), found[1], len(found[0].columns)))
    return best[0]


def lines_of(file: TextIO, where: str) -> Iterator[str]:
    """Physical lines; raises Refused at one that no feed has, before it fills the memory."""
    number = 0
    while line := file.readline(LONGEST_LINE):
        number += 1
        if len(line) == LONGEST_LINE and not line.endswith(("\n", "\r")):
            raise Refused(f"{where}: line {number:,} is longer than {LONGEST_LINE:,} characters: this is no feed")
        yield line


def _layout(path: Path, delimiter: str, feed: SupplierFeed | None, where: str) -> tuple[Layout, float]:
    """Find the layout by one delimiter, and how alike the records are in width (0: one column only)."""
    skip, has_header = (feed.skip_rows, feed.has_header) if feed else (0, True)
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(itertools.islice(lines_of(file, where), skip, None), delimiter=delimiter)
        header: list[str] | None = None
        header_lines = skip
        sample: list[list[str]] = []
        try:
            for record in reader:
                if not record or not any(map(str.strip, record)):
                    header_lines = skip + reader.line_num if header is None and not sample else header_lines
                elif header is None and has_header:
                    header, header_lines = record, skip + reader.line_num
                else:
                    sample.append(record)
                if len(sample) >= SAMPLE_RECORDS:
                    break
        except csv.Error:
            pass  # the reader of the whole file names the line
    widths = Counter(map(len, sample[:-1] or sample))
    width, often = widths.most_common(1)[0] if widths else (len(header or []), 1)
    if width > MOST_COLUMNS or len(header or []) > MOST_COLUMNS:
        raise Refused(f"{where}: expected at most {MOST_COLUMNS:,} columns, got {max(width, len(header or [])):,}")
    columns = _names(_fitted(header, width, sample))
    alike = often / max(1, len(sample[:-1] or sample)) if len(columns) > 1 else 0.0
    return Layout(delimiter, columns, header_lines), alike


def _fitted(header: list[str] | None, width: int, sample: Sequence[Sequence[str]]) -> list[str]:
    """Make the header as wide as the records, where only blank columns at the end make the difference."""
    if header is None:
        return [""] * width
    if len(header) > width and not any(map(str.strip, header[width:])):
        return header[:width]
    extra = [cell for record in sample for cell in record[len(header) :]]
    if len(header) < width and not any(map(str.strip, extra)):
        return header + [""] * (width - len(header))
    return header


def _names(header: Iterable[str]) -> list[str]:
    """Make stable names: trimmed; blank -> `column_3`; a repeated one -> `name_2`."""
    names: list[str] = []
    for number, cell in enumerate(header, start=1):
        wanted = tidy(cell) or f"column_{number}"
        name, turn = wanted, 1
        while name in names:
            turn += 1
            name = f"{wanted}_{turn}"
        names.append(name)
    return names


def tidy(name: str) -> str:
    """Give a column's name without BOM and with single spaces."""
    return " ".join(name.replace("\ufeff", "").split())
