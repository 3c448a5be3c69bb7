"""What is this file? Format, encoding, columns, and which of them probably mean what."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, Field

from blocks import FeedMapping, SupplierFeed
from blocks.feed import Absence
from tasks.duck import desk
from tasks.feeds.formats.columns import column_of
from tasks.feeds.formats.look import Kind, kind_of
from tasks.feeds.formats.sheet import FIELDS
from tasks.feeds.inspecting.first_records import READERS, Records
from tasks.feeds.inspecting.synonyms import SYNONYMS
from tasks.feeds.presets import Preset, completed, presets
from tasks.feeds.sources.address import shown

SHOWN_ROWS = 5
SHOWN_VALUES = 3
MOST_COLUMNS = 200
TABLES = {"csv", "xlsx"}
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


class Column(BaseModel):
    """One column (CSV) or path in the record (XML), judged by the first records; shares from 0 to 1."""

    name: str
    filled: float
    distinct: int
    unique: float = Field(description="different values as a share of its values")
    gtin: float = Field(description="share of its values that are valid GTINs")
    sample: list[str]


class Inspection(BaseModel):
    """What a file holds; `mapping` (field -> column) is a proposal, empty where nothing fits."""

    source: str
    format: Kind
    encoding: str
    delimiter: str | None = None
    quote: str | None = Field(None, description="CSV: the sign around texts")
    header_lines: int = Field(0, description="CSV, XLSX: lines above the first record")
    has_header: bool = True
    preset: str | None = Field(None, description="the known format that it is")
    record_path: str | None = None
    variant_path: str | None = None
    rows: int
    columns: list[Column]
    sample: list[dict[str, str]]
    mapping: dict[str, str]
    absence: Absence = Field(description="by the first records only")

    def feed(self, source: str, integration_id: int = 1) -> SupplierFeed | None:
        """Make the proposed feed block, to read the file with; None if the mapping is not enough for one."""
        known = presets()[self.preset] if self.preset else None
        if known is not None:
            mapping = FeedMapping(**self.mapping) if self.format in TABLES else FeedMapping()
            settings = {"preset": known.name, "mapping": mapping, "absence": self.absence, **known.proposes}
            return SupplierFeed(integration_id=integration_id, source=source, **settings)
        if not _is_enough(self.mapping):
            return None
        return SupplierFeed(
            integration_id=integration_id,
            source=source,
            format=self.format,
            delimiter=self.delimiter if self.delimiter != "\t" else None,
            encoding=self.encoding if self.format == "csv" else None,
            has_header=self.has_header,
            record_path=self.record_path or None,
            mapping=FeedMapping(**self.mapping),
            absence=self.absence,
        )


def inspect(feed: SupplierFeed | str, raw: Path, folder: Path) -> Inspection:
    """Look into a fetched file; a block's delimiter, encoding and record path are taken as given.

    Raises Refused where the file is no feed at all (a web page, empty, packed, cut).
    """
    block = None if isinstance(feed, str) else completed(feed)
    source = shown(feed if isinstance(feed, str) else feed.source)
    kind = kind_of(block, raw, source)
    found = READERS[kind](block, raw, folder, source)
    columns = _columns(found.names, found.records)
    preset = presets().get(found.preset or "")
    mapping = _as_named(preset, columns) if preset else _mapping(columns)
    stock = mapping.get("stock_quantity") or mapping.get("is_available")
    return Inspection(
        source=source,
        format=kind,
        encoding=found.encoding,
        delimiter=found.delimiter,
        quote=found.quote,
        header_lines=found.header_lines,
        has_header=found.has_header,
        preset=found.preset,
        record_path=found.record_path,
        variant_path=preset.settings.variant_path if preset else None,
        rows=found.rows,
        columns=columns,
        sample=found.records[:SHOWN_ROWS],
        mapping=mapping,
        absence=_absence(stock, found.records),
    )


def _columns(names: Sequence[str], records: Records) -> list[Column]:
    columns = []
    with desk() as table:
        table.run("feeds/offers/values.sql")
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
                    unique=round(len(set(values)) / max(1, len(values)), 4),
                    gtin=round(valid / max(1, len(values)), 4),
                    sample=list(dict.fromkeys(values))[:SHOWN_VALUES],
                )
            )
    return columns


def _as_named(preset: Preset, columns: Sequence[Column]) -> dict[str, str]:
    """Field -> the column or path that this very file has for it; of a table also under a name the preset lacks."""
    wanted, names = preset.settings.mapping.columns(), [column.name for column in columns]
    found = {field: column_of(name, names) for field, name in wanted.items()}
    if preset.settings.format in TABLES:
        guessed = _mapping([column for column in columns if column.name not in found.values()])
        found = {field: column or guessed.get(field) for field, column in found.items()}
    return {field: column for field, column in found.items() if column is not None}


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
