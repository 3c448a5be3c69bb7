"""A feed from a few lines of text, and a web server that behaves as badly as suppliers' servers do."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import duckdb
import pytest

from blocks import FeedGate, FeedMapping, SupplierFeed
from tasks.feeds.offers.read import FeedRead, read_feed

Rows = list[dict[str, Any]]
Respond = Callable[[BaseHTTPRequestHandler], None]


def rows_of(path: Path) -> Rows:
    """A Parquet file as dicts."""
    cursor = duckdb.execute("SELECT * FROM read_parquet($path)", {"path": str(path)})
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def csv_feed(source: str = "feed.csv", mapping: dict[str, str] | None = None, **settings: Any) -> SupplierFeed:
    """A feed block for CSV with columns sku, ean, stock, price, days unless told otherwise."""
    columns = mapping or {
        "sku": "sku",
        "ean": "ean",
        "stock_quantity": "stock",
        "purchase_price": "price",
        "delivery_days": "days",
    }
    settings.setdefault("gate", FeedGate(max_rejected_share=1))
    return SupplierFeed(integration_id=6, source=source, mapping=FeedMapping(**columns), **settings)


def xml_feed(record_path: str | None = "offer/products/product", **settings: Any) -> SupplierFeed:
    """A feed block for nested XML."""
    columns = settings.pop("mapping", None) or {
        "sku": "codes/sku",
        "ean": "attrs/a[@name='EAN']",
        "stock_quantity": "stock/@quantity",
        "purchase_price": "price/@net",
        "supplier_sku": "@id",
        "name": "name",
    }
    settings.setdefault("gate", FeedGate(max_rejected_share=1))
    return SupplierFeed(
        integration_id=8,
        source="feed.xml",
        mapping=FeedMapping(**columns),
        record_path=record_path,
        **settings,
    )


class Reading:
    """What came out of one file."""

    def __init__(self, read: FeedRead) -> None:
        self.read = read
        self.offers = rows_of(read.offers)
        self.rejects = rows_of(read.rejects)
        self.reasons = [row["reason_code"] for row in self.rejects]


Read = Callable[..., Reading]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read text or bytes by a feed block."""

    def reading(content: str | bytes, feed: SupplierFeed | None = None) -> Reading:
        raw = tmp_path / "raw"
        raw.write_bytes(content.encode() if isinstance(content, str) else content)
        return Reading(read_feed(feed or csv_feed(), raw, tmp_path))

    return reading


class Supplier:
    """A web server: `answers` maps a path to what it does; `asked` holds (path, headers) of each request."""

    def __init__(self) -> None:
        self.answers: dict[str, Respond] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        supplier = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                supplier.asked.append((self.path, dict(self.headers.items())))
                supplier.answers[self.path.partition("?")[0]](self)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def answer(self, path: str, body: bytes = b"", status: int = 200, length: int | None = None, **headers: str) -> str:
        """Answer a path with a body, announcing `length` bytes; returns the address."""

        def respond(request: BaseHTTPRequestHandler) -> None:
            request.send_response(status)
            for name, value in headers.items():
                request.send_header(name.replace("_", "-"), value)
            request.send_header("Content-Length", str(len(body) if length is None else length))
            request.end_headers()
            request.wfile.write(body)

        self.answers[path] = respond
        return self.url + path

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def supplier() -> Iterator[Supplier]:
    server = Supplier()
    yield server
    server.stop()


@pytest.fixture
def other() -> Iterator[Supplier]:
    """A second host."""
    server = Supplier()
    yield server
    server.stop()
