"""A child: our reader on one file. `python -m benchmarks.feeds.ours KIND FILE`.

Two figures: `parsed`, the file as rows of text in DuckDB (what all formats hand on); `seconds`, all of it: understood
by the strict grammar, rejected rows with reasons, both as Parquet.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.child import peak_megabytes, tell
from blocks import SupplierFeed

CSV = {
    "mapping": {
        "sku": "Symbol",
        "ean": "EAN",
        "stock_quantity": "Stan",
        "purchase_price": "Cena netto",
        "delivery_days": "Termin dostawy",
    }
}
SETTINGS: dict[str, dict[str, Any]] = {
    "csv": CSV,
    "csv-cp1250": CSV,
    "xml-flat": {
        "record_path": "produkty/produkt",
        "mapping": {
            "sku": "symbol",
            "ean": "ean",
            "stock_quantity": "stan",
            "purchase_price": "cena_netto",
            "delivery_days": "dostawa",
        },
    },
    "xml-nested": {
        "record_path": "offer/products/product",
        "variant_path": "sizes/size",
        "mapping": {
            "supplier_sku": "sizes/size/@code",
            "sku": "sizes/size/@code",
            "ean": "sizes/size/@code_producer",
            "stock_quantity": "sizes/size/stock/@quantity",
            "purchase_price": "price/@net",
        },
    },
}


def feed_of(kind: str, file: Path) -> SupplierFeed:
    """The block that reads such a file."""
    return SupplierFeed(integration_id=6, source=str(file), **SETTINGS[kind])


def main(kind: str, file: Path) -> None:
    """Read the file twice: as far as text, and whole."""
    from tasks.duck import desk
    from tasks.feeds.offers.read import READERS, read_feed

    feed = feed_of(kind, file)
    with tempfile.TemporaryDirectory(prefix="rexbit-bench-") as folder:
        began = time.monotonic()
        with desk() as table:
            rows = READERS[kind.partition("-")[0]](table, feed, file, Path(folder)).rows_read
        parsed = time.monotonic() - began
        began = time.monotonic()
        read = read_feed(feed, file, Path(folder))
        seconds = time.monotonic() - began
    tell(parsed=parsed, seconds=seconds, rows=rows, offers=read.offers_count, peak=peak_megabytes())


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
