"""The first records of a file that nobody has described yet, and the known format that it may be."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from blocks import SupplierFeed
from tasks.feeds.formats.csv_layout import Layout, find_layout, lines_of
from tasks.feeds.formats.decode import Text, to_utf8
from tasks.feeds.formats.gateway import refuse_gateway
from tasks.feeds.formats.look import Kind
from tasks.feeds.formats.xlsx_rows import to_text
from tasks.feeds.inspecting.json_sample import json_record_path_of, sample_json
from tasks.feeds.inspecting.xml_sample import record_path_of, sample_records
from tasks.feeds.presets import Preset, candidates, recognised

SAMPLED = 5000
LOOKED_AT = 50  # so many records tell whether a file is of a known format
CODE = re.compile(r"\d{8,14}")
PREDICATE = re.compile(r"\[@[^\]]*\]")
NUMBER = re.compile(r"\d[\d .,]*")
Records = list[dict[str, str]]


@dataclass(frozen=True)
class Found:
    """`names`: columns or paths; `records`: the first SAMPLED of `rows`; `preset`: the known format that it is."""

    encoding: str
    rows: int
    names: list[str]
    records: Records
    delimiter: str | None = None
    has_header: bool = True
    quote: str | None = None
    header_lines: int = 0
    record_path: str | None = None
    preset: str | None = None


def _of_csv(feed: SupplierFeed | None, raw: Path, folder: Path, where: str) -> Found:
    return _of_text(feed, to_utf8(raw, feed.encoding if feed else None, folder, where), where)


def _of_xlsx(feed: SupplierFeed | None, raw: Path, folder: Path, where: str) -> Found:
    sheet = feed.record_path if feed else None
    plain = feed.model_copy(update={"delimiter": ",", "record_path": None}) if feed else None
    return _of_text(plain, to_text(raw, sheet, folder, where), where, kind="xlsx")


def _of_text(feed: SupplierFeed | None, text: Text, where: str, kind: Kind = "csv") -> Found:
    layout, has_header = find_layout(text.path, feed, where), True if feed is None else feed.has_header
    if feed is None and _is_data(layout.columns):
        layout, has_header = find_layout(text.path, None, where, has_header=False), False
    preset = _preset(feed, recognised(candidates(kind), layout.columns))
    return Found(
        encoding=text.encoding,
        rows=max(0, text.lines - layout.header_lines),
        names=layout.columns,
        records=_text_records(text.path, layout, where),
        delimiter=layout.delimiter if kind == "csv" else None,
        has_header=has_header,
        quote=layout.quote if kind == "csv" else None,
        header_lines=layout.header_lines,
        preset=preset,
    )


def _is_data(header: Sequence[str]) -> bool:
    """Tell a first record from a header: it has a barcode, or several numbers."""
    return any(CODE.fullmatch(cell) for cell in header) or sum(bool(NUMBER.fullmatch(cell)) for cell in header) > 1


def _text_records(path: Path, layout: Layout, where: str) -> Records:
    records: Records = []
    with path.open(encoding="utf-8", newline="") as file:
        lines = lines_of(file, where)
        for _ in range(layout.header_lines):
            next(lines, None)
        with suppress(csv.Error):  # who reads the whole file names the line
            for record in csv.reader(lines, **layout.dialect()):
                if len(record) == len(layout.columns):
                    records.append({name: cell.strip() for name, cell in zip(layout.columns, record, strict=True)})
                if len(records) >= SAMPLED:
                    break
    return records


def _of_xml(feed: SupplierFeed | None, raw: Path, folder: Path, where: str) -> Found:  # noqa: ARG001  (one shape)
    encoding = feed.encoding if feed else None
    record_path, found_encoding, paths = record_path_of(raw, encoding, where)
    if record_path is None or not candidates("xml", paths):
        refuse_gateway(raw, encoding, where)
    preset = None
    for known in candidates("xml", paths):
        at = known.settings.record_path or ""
        _, first = sample_records(raw, at, encoding, where, LOOKED_AT, is_all=False)
        fitting = recognised([known], [*_names(first), *_plain_names(first)])
        if fitting and (preset is None or len(fitting.columns) > len(preset.columns)):
            preset = fitting
    if feed and feed.record_path:
        record_path = feed.record_path.strip("/")
    elif preset:
        record_path = preset.settings.record_path
    if record_path is None:
        return Found(found_encoding, 0, [], [])
    rows, records = sample_records(raw, record_path, encoding, where, SAMPLED)
    name = _preset(feed, preset)
    return Found(found_encoding, rows, _names(records), records, record_path=record_path, preset=name)


def _of_json(feed: SupplierFeed | None, raw: Path, folder: Path, where: str) -> Found:
    text = to_utf8(raw, feed.encoding if feed else None, folder, where, is_old=False)
    record_path = json_record_path_of(text.path, where)
    if feed and feed.record_path:
        record_path = feed.record_path.strip("/")
    if record_path is None:
        return Found(text.encoding, 0, [], [])
    rows, records = sample_json(text.path, record_path, where, SAMPLED)
    preset = _preset(feed, recognised(candidates("json", [record_path]), _names(records)))
    return Found(text.encoding, rows, _names(records), records, record_path=record_path, preset=preset)


def _preset(feed: SupplierFeed | None, found: Preset | None) -> str | None:
    """The block's own word, if it has one, is taken as given."""
    if feed and feed.preset:
        return feed.preset
    return found.name if found else None


def _names(records: Records) -> list[str]:
    return list(dict.fromkeys(name for record in records for name in record))


def _plain_names(records: Records) -> list[str]:
    """Paths without what tells their elements apart: `size[@name='S']/@code` -> `size/@code`."""
    return [PREDICATE.sub("", name) for name in _names(records)]


READERS: dict[Kind, Callable[[SupplierFeed | None, Path, Path, str], Found]] = {
    "csv": _of_csv,
    "xml": _of_xml,
    "json": _of_json,
    "xlsx": _of_xlsx,
}
