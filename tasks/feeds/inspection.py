"""What is this file? Format, encoding, columns, and which of them probably mean what."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import yaml
from pydantic import BaseModel, Field

from blocks import FeedMapping, SupplierFeed
from blocks.feed import Absence
from tasks.duck import desk
from tasks.feeds.address import is_web, shown
from tasks.feeds.csv_layout import find_layout, lines_of
from tasks.feeds.decode import to_utf8
from tasks.feeds.look import kind_of
from tasks.feeds.sheet import FIELDS
from tasks.feeds.synonyms import SYNONYMS
from tasks.feeds.xml_sample import record_path_of, sample_records

SAMPLED = 5000
SHOWN_ROWS = 5
SHOWN_VALUES = 3
MOST_COLUMNS = 200
NO_STOCK = {
    "0",
    "0,0",
    "0.0",
    "0,00",
    "0.00",
    "0.000",
    "0,000",
    "brak",
    "nie",
    "no",
    "false",
    "out of stock",
    "n",
}
Records = list[dict[str, str]]


class Column(BaseModel):
    """One column (CSV) or path in the record (XML), judged by the first records; shares from 0 to 1."""

    name: str
    filled: float
    distinct: int
    gtin: float = Field(description="share of its values that are valid GTINs")
    sample: list[str]


class Inspection(BaseModel):
    """What a file holds; `mapping` (field -> column) is a proposal, empty where nothing fits."""

    source: str
    format: str
    encoding: str
    delimiter: str | None = None
    record_path: str | None = None
    rows: int
    columns: list[Column]
    sample: list[dict[str, str]]
    mapping: dict[str, str]
    absence: Absence
    block_yaml: str

    def feed(self, source: str, integration_id: int = 1) -> SupplierFeed | None:
        """Make the proposed feed block, to read the file with; None if the mapping is not enough for one."""
        if not _is_enough(self.mapping):
            return None
        return SupplierFeed(
            integration_id=integration_id,
            source=source,
            format="xml" if self.format == "xml" else "csv",
            delimiter=self.delimiter if self.delimiter != "\t" else None,
            encoding=self.encoding if self.format == "csv" else None,
            record_path=self.record_path,
            mapping=FeedMapping(**self.mapping),
        )


def inspect(feed: SupplierFeed | str, raw: Path, folder: Path) -> Inspection:
    """Look into a fetched file; a block's delimiter, encoding and record path are taken as given.

    Raises Refused where the file is no feed at all (a web page, JSON, empty, packed, cut).
    """
    block = None if isinstance(feed, str) else feed
    source = shown(feed if isinstance(feed, str) else feed.source)
    kind = kind_of(block, raw, source)
    found = _of_xml(block, raw, source) if kind == "xml" else _of_csv(block, raw, folder, source)
    found.columns = _columns(found.names, found.records)
    mapping = _mapping(found.columns)
    stock = mapping.get("stock_quantity") or mapping.get("is_available")
    inspection = Inspection(
        source=source,
        format=kind,
        encoding=found.encoding,
        delimiter=found.delimiter,
        record_path=found.record_path,
        rows=found.rows,
        columns=found.columns,
        sample=found.records[:SHOWN_ROWS],
        mapping=mapping,
        absence=_absence(stock, found.records),
        block_yaml="",
    )
    inspection.block_yaml = _yaml(inspection)
    return inspection


class _Found(BaseModel):
    encoding: str
    rows: int
    names: list[str]
    records: Records
    delimiter: str | None = None
    record_path: str | None = None
    columns: list[Column] = Field(default_factory=list)


def _of_csv(feed: SupplierFeed | None, raw: Path, folder: Path, where: str) -> _Found:
    text = to_utf8(raw, feed.encoding if feed else None, folder, where)
    layout = find_layout(text.path, feed, where)
    records: Records = []
    with text.path.open(encoding="utf-8", newline="") as file:
        lines = lines_of(file, where)
        for _ in range(layout.header_lines):
            next(lines, None)
        for record in csv.reader(lines, **layout.dialect()):
            if len(record) == len(layout.columns):
                records.append({name: cell.strip() for name, cell in zip(layout.columns, record, strict=True)})
            if len(records) >= SAMPLED:
                break
    rows = max(0, text.lines - layout.header_lines)
    return _Found(encoding=text.encoding, rows=rows, names=layout.columns, records=records, delimiter=layout.delimiter)


def _of_xml(feed: SupplierFeed | None, raw: Path, where: str) -> _Found:
    encoding = feed.encoding if feed else None
    record_path, found_encoding = record_path_of(raw, encoding, where)
    if feed and feed.record_path:
        record_path = feed.record_path.strip("/")
    if record_path is None:
        return _Found(encoding=found_encoding, rows=0, names=[], records=[])
    rows, records = sample_records(raw, record_path, encoding, where, SAMPLED)
    names = list(dict.fromkeys(name for record in records for name in record))
    return _Found(encoding=found_encoding, rows=rows, names=names, records=records, record_path=record_path)


def _columns(names: Sequence[str], records: Records) -> list[Column]:
    columns = []
    with desk() as table:
        table.run("feeds/values.sql")
        for name in names[:MOST_COLUMNS]:
            values = [record[name] for record in records if record.get(name)]
            valid = table.rows(
                "SELECT count(*) AS n FROM (SELECT unnest($values) AS value) WHERE length(value) BETWEEN 8 AND 14"
                " AND gtin(code_digits(value), TRY_CAST(code_digits(value) AS BIGINT)) IS NOT NULL",
                {"values": values},
            )[0]["n"]
            columns.append(
                Column(
                    name=name,
                    filled=round(len(values) / max(1, len(records)), 4),
                    distinct=len(set(values)),
                    gtin=round(valid / max(1, len(values)), 4),
                    sample=list(dict.fromkeys(values))[:SHOWN_VALUES],
                )
            )
    return columns


def _mapping(columns: Sequence[Column]) -> dict[str, str]:
    """Field -> column, by what suppliers call it; an EAN also by its values. A column serves one field only."""
    mapping: dict[str, str] = {}
    for field, synonyms in SYNONYMS.items():
        free = [column for column in columns if column.name not in mapping.values() and column.filled > 0]
        ranked = [
            (synonyms.index(name), place, column.name)
            for place, column in enumerate(free)
            for name in _plain_names(column.name)
            if name in synonyms and (field != "ean" or column.gtin > 0)
        ]
        if ranked:
            mapping[field] = min(ranked)[2]
        elif field == "ean":
            codes = [column for column in free if column.gtin > 0.5]
            if codes:
                mapping[field] = max(codes, key=lambda column: column.gtin).name
    if "supplier_sku" in mapping and "sku" not in mapping and "ean" not in mapping:
        mapping["sku"] = mapping.pop("supplier_sku")
    return {field: mapping[field] for field in FIELDS if field in mapping}


def _plain_names(name: str) -> list[str]:
    """Give a column's name, or of a path its last part and its last two together, in plain letters."""
    parts = [part for part in re.split(r"[/@\[\]=']+", name) if part]
    plain = [_plain(part) for part in parts]
    return [_plain(name), "".join(plain[-2:]), plain[-1]] if plain else []


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name.casefold().replace("ł", "l"))
    return re.sub(r"[^a-z0-9]", "", letters)


def _absence(stock: str | None, records: Records) -> Absence:
    """Propose what absence means: a feed that never lists what is sold out tells it by leaving it out."""
    lists_zeros = any(record.get(stock or "", "").casefold() in NO_STOCK for record in records)
    return Absence.UNCERTAIN if lists_zeros or not records or not stock else Absence.SOLD_OUT


def _is_enough(mapping: dict[str, str]) -> bool:
    return bool({"sku", "ean"} & mapping.keys() and {"stock_quantity", "is_available"} & mapping.keys())


def _yaml(inspection: Inspection) -> str:
    """Write the feed as an entry of a blocks file, to be looked over and completed."""
    stem = re.sub(r"[^a-z0-9]+", "-", Path(inspection.source.partition("?")[0]).stem.casefold()).strip("-") or "feed"
    name = re.sub(r"^https?-", "", stem) if is_web(inspection.source) else stem
    settings = {
        "integration_id": 1,
        "source": inspection.source,
        "format": inspection.format,
        "encoding": inspection.encoding if inspection.format == "csv" else None,
        "delimiter": inspection.delimiter if inspection.delimiter != "\t" else None,
        "record_path": inspection.record_path,
        "absence": inspection.absence.value,
        "mapping": inspection.mapping,
    }
    given = {key: value for key, value in settings.items() if value is not None}
    return yaml.safe_dump({"feeds": {name: given}}, allow_unicode=True, sort_keys=False)
