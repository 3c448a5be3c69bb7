"""A child without any of our code, in an environment of its own: another library on one file.

`python others.py LIBRARY KIND FILE`. polars and pandas read five columns of a CSV file into types (texts, whole
numbers, floating point prices); lxml and etree walk an XML file and write five values a record as CSV. None of them
knows a grammar, rejects a row, looks for damage, or finds encoding and delimiter by itself: they are told.
"""

from __future__ import annotations

import csv
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

COLUMNS = ["Symbol", "EAN", "Stan", "Cena netto", "Termin dostawy"]
FLAT = ("symbol", "ean", "stan", "cena_netto", "dostawa")


def with_polars(file: Path, encoding: str) -> int:
    """Read a CSV file; returns its rows."""
    import polars as pl

    types = {"Symbol": pl.String, "EAN": pl.String, "Stan": pl.Int64, "Cena netto": pl.Float64}
    frame = pl.read_csv(
        file,
        separator=";",
        encoding=encoding,
        decimal_comma=True,
        columns=COLUMNS,
        schema_overrides={**types, "Termin dostawy": pl.String},
    )
    return len(frame)


def with_pandas(file: Path, encoding: str) -> int:
    """Read a CSV file; returns its rows."""
    import pandas as pd

    frame = pd.read_csv(
        file,
        sep=";",
        encoding=encoding,
        decimal=",",
        usecols=COLUMNS,
        dtype={"Symbol": str, "EAN": str, "Stan": "Int64", "Cena netto": float, "Termin dostawy": str},
    )
    return len(frame)


def flat(record: Any) -> Iterator[list[str | None]]:
    """The values of a record with an element a value."""
    yield [record.findtext(name) for name in FLAT]


def nested(record: Any) -> Iterator[list[str | None]]:
    """The values of each size of a record."""
    price = record.find("price").get("net")
    for size in record.iterfind("sizes/size"):
        yield [size.get("code"), size.get("code_producer"), size.find("stock").get("quantity"), price, None]


def walk(events: Any, take: Callable[[Any], Iterator[list[str | None]]], *, has_parents: bool) -> int:
    """Write the values of each record, and let go of it."""
    rows = 0
    with tempfile.TemporaryFile("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target)
        for _, record in events:
            for values in take(record):
                writer.writerow(values)
                rows += 1
            record.clear()
            if has_parents:
                while record.getprevious() is not None:
                    del record.getparent()[0]
    return rows


def with_lxml(file: Path, kind: str) -> int:
    """Walk an XML file; returns its rows."""
    from lxml import etree

    tag, take = ("produkt", flat) if kind == "xml-flat" else ("product", nested)
    return walk(etree.iterparse(str(file), tag=tag), take, has_parents=True)


def with_etree(file: Path, kind: str) -> int:
    """Walk an XML file; returns its rows."""
    import xml.etree.ElementTree as ET

    tag, take = ("produkt", flat) if kind == "xml-flat" else ("product", nested)
    events = ET.iterparse(file, events=("start", "end"))  # noqa: S314  (a file of our own)
    holder: list[Any] = []

    def records() -> Iterator[tuple[str, Any]]:
        for event, element in events:
            if event == "start" and element.tag in {"produkty", "products"}:
                holder.append(element)
            elif event == "end" and element.tag == tag:
                yield event, element
                holder[-1].clear()

    return walk(records(), take, has_parents=False)


def peak_megabytes() -> float:
    """This process's peak resident memory in MB (10^6 bytes)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM:")).split()[1]) * 1024 / 1e6


def main(library: str, kind: str, file: Path) -> None:
    """Read the file once, the library's import not counted."""
    __import__({"etree": "xml.etree.ElementTree"}.get(library, library))
    began = time.monotonic()
    if kind.startswith("csv"):
        encoding = "cp1250" if kind == "csv-cp1250" else "utf-8"
        rows = {"polars": with_polars, "pandas": with_pandas}[library](file, encoding)
    else:
        rows = {"lxml": with_lxml, "etree": with_etree}[library](file, kind)
    print(json.dumps({"seconds": time.monotonic() - began, "rows": rows, "megabytes": peak_megabytes()}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
