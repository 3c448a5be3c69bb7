"""How a CSV file is laid out: delimiter, quote, where its header stands, what its columns are called."""

from __future__ import annotations

import csv
import itertools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from blocks import SupplierFeed
from tasks.errors import Refused
from tasks.feeds.formats.columns import found_columns, lacking, names_of

DELIMITERS = (";", ",", "\t", "|")
SAMPLE_RECORDS = 200
HEADER_WITHIN = 20  # so many records may stand above the header
LONGEST_LINE = 1 << 20
MOST_COLUMNS = 2000
MOSTLY = 0.6
csv.field_size_limit(LONGEST_LINE)  # of the whole process: Python's own is 131,072
Record = tuple[list[str], int]  # cells, the file's line on which it ends


@dataclass(frozen=True)
class Layout:
    """`header_lines`: physical lines above the first record; `columns`: stable names; `quote` None: there is none."""

    delimiter: str
    columns: list[str]
    header_lines: int
    quote: str | None = '"'

    def dialect(self) -> dict[str, Any]:
        """What csv.reader needs to know of it."""
        if self.quote is None:
            return {"delimiter": self.delimiter, "quoting": csv.QUOTE_NONE}
        return {"delimiter": self.delimiter, "quotechar": self.quote}


def find_layout(path: Path, feed: SupplierFeed | None, where: str, *, has_header: bool | None = None) -> Layout:
    """Look at the beginning of a UTF-8 file. Raises Refused for lines or headers too long to be a feed's.

    With a feed the header is the first record (of HEADER_WITHIN) that holds all mapped columns; without one, or where
    none does, the first that is about as wide as the records below it. `has_header`: None = as the feed says.
    """
    if has_header is None:
        has_header = feed.has_header if feed else True
    wanted = feed.columns() if feed else {}
    delimiters = (feed.delimiter,) if feed and feed.delimiter else DELIMITERS
    found = [_layout(path, delimiter, feed, wanted, where, has_header=has_header) for delimiter in delimiters]
    return max(found, key=lambda one: (found_columns(wanted, one[0].columns), one[1], len(one[0].columns)))[0]


def lines_of(file: TextIO, where: str) -> Iterator[str]:
    """Physical lines; raises Refused at one that no feed has, before it fills the memory."""
    number = 0
    while line := file.readline(LONGEST_LINE):
        number += 1
        if len(line) == LONGEST_LINE and not line.endswith(("\n", "\r")):
            raise Refused(
                f"{where}: line {number:,}: expected lines of at most {LONGEST_LINE:,} characters, got one that is"
                " longer than that: this is no feed. Open the source and look, or ask the supplier"
            )
        yield line


def _layout(
    path: Path,
    delimiter: str,
    feed: SupplierFeed | None,
    wanted: Mapping[str, str],
    where: str,
    *,
    has_header: bool,
) -> tuple[Layout, float]:
    """Find the layout by one delimiter, and how alike the records are in width (0: one column only)."""
    skip = feed.skip_rows if feed else 0
    quote = _quote(path, delimiter, feed, skip, where)
    records = _beginning(path, Layout(delimiter, [], skip, quote), where)
    width = _width([cells for cells, _ in records])
    if width > MOST_COLUMNS or max((len(cells) for cells, _ in records[:HEADER_WITHIN]), default=0) > MOST_COLUMNS:
        most = max(width, *(len(cells) for cells, _ in records[:HEADER_WITHIN]))
        raise Refused(
            f"{where}: expected at most {MOST_COLUMNS:,} columns, got {most:,}: this is no feed."
            " Open the source and look, or set the feed's delimiter"
        )
    if not has_header:
        header_lines = skip + _blank_lines(path, skip, delimiter, where)
        layout = Layout(delimiter, names_of([""] * width), header_lines, quote)
        return layout, _alike([cells for cells, _ in records], width)
    header, below = _header(records, width, wanted)
    sample = [cells for cells, _ in records[below:]]
    width = _width(sample) or len(header)
    columns = names_of(_fitted(header, width, sample))
    header_lines = records[below - 1][1] if records else skip
    header_lines += _blank_lines(path, header_lines, delimiter, where)
    return Layout(delimiter, columns, header_lines, quote), _alike(sample, width) if len(columns) > 1 else 0.0


def _beginning(path: Path, layout: Layout, where: str) -> list[Record]:
    """Read the first records that hold anything."""
    records: list[Record] = []
    skip = layout.header_lines
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.reader(itertools.islice(lines_of(file, where), skip, None), **layout.dialect())
        try:
            for cells in reader:
                if any(map(str.strip, cells)):
                    records.append((cells, skip + reader.line_num))
                if len(records) >= SAMPLE_RECORDS + HEADER_WITHIN:
                    break
        except csv.Error:
            pass  # the reader of the whole file names the line
    return records


def _quote(path: Path, delimiter: str, feed: SupplierFeed | None, skip: int, where: str) -> str | None:
    """Find the sign around texts: double quotes, unless the block says otherwise or a whole column has single ones."""
    if feed and feed.quote:
        return None if feed.quote == "none" else feed.quote
    records = [cells for cells, _ in _beginning(path, Layout(delimiter, [], skip), where)][1:]
    for place in range(min((len(cells) for cells in records), default=0)):
        cells = [record[place] for record in records if record[place]]
        if len(cells) > 1 and all(len(cell) > 1 and cell[0] == cell[-1] == "'" for cell in cells):
            return "'"
    return '"'


def _header(records: Sequence[Record], width: int, wanted: Mapping[str, str]) -> tuple[list[str], int]:
    """Give the header and how many records lie above the first one of data.

    A header of two lines (groups above, names below) is tried as one with the names joined.
    """
    candidates = [
        candidate for place in range(min(len(records), HEADER_WITHIN)) for candidate in _candidates(records, place)
    ]
    if wanted:
        for header, below in candidates:
            columns = names_of(header)
            if not lacking(wanted, columns) and found_columns(wanted, columns):
                return header, below
    for header, below in candidates:
        if sum(bool(cell.strip()) for cell in header) >= max(1, width * MOSTLY):
            return header, below
    return candidates[0] if candidates else ([], 0)


def _candidates(records: Sequence[Record], place: int) -> Iterator[tuple[list[str], int]]:
    """Yield the record as a header, first joined with the one below it where that goes on naming columns."""
    upper = records[place][0]
    lower = records[place + 1][0] if place + 1 < len(records) else []
    names = [cell.strip() for cell in lower]
    goes_on = any(names) and not all(names) and not any(char.isdigit() for char in "".join(names))
    repeats = len({cell.strip() for cell in upper}) < len(upper)
    if goes_on and repeats and len(upper) == len(lower):
        yield [f"{above} {name}".strip() for above, name in zip(upper, lower, strict=True)], place + 2
    yield upper, place + 1


def _fitted(header: list[str], width: int, sample: Sequence[Sequence[str]]) -> list[str]:
    """Make the header as wide as the records, where only blank columns at the end make the difference."""
    if len(header) > width and not any(map(str.strip, header[width:])):
        return header[:width]
    extra = [cell for record in sample for cell in record[len(header) :]]
    if len(header) < width and not any(map(str.strip, extra)):
        return header + [""] * (width - len(header))
    return header


def _width(records: Sequence[Sequence[str]]) -> int:
    widths = Counter(map(len, records[:-1] or records))
    return widths.most_common(1)[0][0] if widths else 0


def _alike(sample: Sequence[Sequence[str]], width: int) -> float:
    """Share of the records that are that wide (the last one may be cut by the sample's end)."""
    most = sample[:-1] or sample
    return sum(len(record) == width for record in most) / len(most) if most and width > 1 else float(width > 1)


def _blank_lines(path: Path, above: int, delimiter: str, where: str) -> int:
    """Count the lines that follow and hold nothing but separators."""

    def is_blank(line: str) -> bool:
        return not line.strip().strip(delimiter + '"').strip()

    with path.open(encoding="utf-8", newline="") as file:
        return sum(1 for _ in itertools.takewhile(is_blank, itertools.islice(lines_of(file, where), above, None)))
