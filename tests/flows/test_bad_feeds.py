"""A bad feed changes nothing: every table stays as it was, whatever came."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from blocks import FeedMapping, SupplierFeed
from flows import import_catalog, import_feed
from tasks.errors import Quarantined, Refused, RexbitError, WrongSettingsError
from tests.flows.world import World

TABLES = ("products", "integration_product_links", "absences", "unmatched_offers", "shop_written")
HEADER = "Symbol;EAN;Stan;Termin\n"
XML_MAPPING = {"sku": "symbol", "stock_quantity": "stan"}


def tables(home: Path) -> dict[str, list[Any]]:
    with contextlib.closing(sqlite3.connect(home / "rexbit.db")) as connection:
        return {table: connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall() for table in TABLES}


@pytest.fixture
def imported(world: World, home: Path) -> dict[str, list[Any]]:
    """A good import of 30 offers went before."""
    import_catalog(world.shop)
    world.write_feed([(f"SKU-{n}", 30, 2) for n in range(10)] + [(r, 30, 2) for r in world.references()[:25]])
    import_feed(world.feed)
    return tables(home)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"<!DOCTYPE html><html><head><title>Log in</title></head><body>Log in</body></html>",
        b'{"error": "too many requests"}',
        HEADER.encode() + b'A;;1;1\nB;;"2',
        HEADER.encode() + b"A;;1;1\nB;;",
        b"Indeks;Ilosc\nA;1\n",
        HEADER.encode() + b"A;;\x00;1\n",
    ],
    ids=["empty", "one byte", "html", "json error", "cut in a quote", "cut in the last row", "columns gone", "NUL"],
)
@pytest.mark.slow
def test_an_unreadable_csv_is_refused(world: World, home: Path, imported: Any, content: bytes) -> None:
    Path(world.feed.source).write_bytes(content)
    with pytest.raises(Refused) as refused:
        import_feed(world.feed)
    assert refused.value.summary.status == "refused"
    assert tables(home) == imported


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_an_xml_cut_anywhere_is_refused(world: World, home: Path, imported: Any, share: float) -> None:
    items = "".join(f"<p><symbol>{r}</symbol><stan>30</stan></p>" for r in world.references())
    whole = f"<oferta><pozycje>{items}</pozycje></oferta>".encode()
    Path(world.feed.source).write_bytes(whole[: int(len(whole) * share)])
    feed = world.feed.model_copy(
        update={"record_path": "oferta/pozycje/p", "format": "xml", "mapping": FeedMapping(**XML_MAPPING)}
    )
    with pytest.raises(Refused):
        import_feed(feed)
    assert tables(home) == imported


@pytest.mark.parametrize("kept", [0, 5], ids=["all gone", "most gone"])
def test_a_readable_feed_that_lost_too_much_is_quarantined(world: World, home: Path, imported: Any, kept: int) -> None:
    world.write_feed([(r, 30, 2) for r in world.references()[:kept]])
    with pytest.raises(Quarantined, match="approve = f6-") as held:
        import_feed(world.feed)
    assert held.value.summary.status == "quarantined"
    assert tables(home) == imported


def test_an_approved_snapshot_is_applied_without_fetching(world: World, imported: Any) -> None:
    world.write_feed([(r, 0, 2) for r in world.references()[:25]])
    with pytest.raises(Quarantined) as held:
        import_feed(world.feed)
    Path(world.feed.source).unlink()
    approved = import_feed(world.feed, approve=held.value.summary.snapshot_id)
    assert (approved.status, approved.updated) == ("completed", 25)


@pytest.mark.slow
def test_what_was_never_held_back_cannot_be_approved(world: World, imported: Any) -> None:
    with pytest.raises(WrongSettingsError, match="unknown"):
        import_feed(world.feed, approve="f6-20200101T000000-00000000")


@pytest.mark.slow
def test_a_limited_import_is_no_baseline(world: World, home: Path, imported: Any) -> None:
    world.write_feed([(f"SKU-{n}", 30, 2) for n in range(10)] + [(r, 40, 2) for r in world.references()[:25]])
    assert import_feed(world.feed, limit=12).updated == 2
    assert import_feed(world.feed).updated == 23


@pytest.mark.slow
def test_an_approval_that_is_limited_is_no_baseline(world: World, home: Path, imported: Any) -> None:
    world.write_feed([(r, 0, 2) for r in world.references()[:25]])
    with pytest.raises(Quarantined) as held:
        import_feed(world.feed)
    assert import_feed(world.feed, approve=held.value.summary.snapshot_id, limit=1).updated == 1
    with pytest.raises(Quarantined):
        import_feed(world.feed)


class Answers(BaseHTTPRequestHandler):
    """Answers as `answer` of the server says: (status, headers, body)."""

    def do_GET(self) -> None:
        status, headers, body = self.server.answer  # type: ignore[attr-defined]
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def answer() -> Iterator[Callable[..., str]]:
    """Serve one answer; returns the address."""
    server = HTTPServer(("127.0.0.1", 0), Answers)
    Thread(target=server.serve_forever, daemon=True).start()

    def serve(status: int, body: bytes, **headers: str) -> str:
        server.answer = (status, {name.replace("_", "-"): value for name, value in headers.items()}, body)  # type: ignore[attr-defined]
        return f"http://127.0.0.1:{server.server_port}/feed.csv"

    yield serve
    server.shutdown()
    server.server_close()


def over_http(world: World, address: str) -> SupplierFeed:
    return world.feed.model_copy(update={"source": address})


def test_a_body_shorter_than_promised_is_refused(
    world: World, home: Path, imported: Any, answer: Callable[..., str]
) -> None:
    body = (HEADER + "A;;1;1\n").encode()
    with pytest.raises(RexbitError, match="bytes"):
        import_feed(over_http(world, answer(200, body, Content_Length=str(len(body) + 100))))
    assert tables(home) == imported


@pytest.mark.slow
def test_a_login_page_with_200_is_refused(world: World, home: Path, imported: Any, answer: Callable[..., str]) -> None:
    with pytest.raises(Refused):
        import_feed(over_http(world, answer(200, b"<html><title>Zaloguj</title></html>", Content_Type="text/html")))
    assert tables(home) == imported


@pytest.mark.slow
def test_a_refused_login_is_a_wrong_setting_and_not_tried_again(
    world: World, home: Path, answer: Callable[..., str]
) -> None:
    with pytest.raises(WrongSettingsError, match="401"):
        import_feed(over_http(world, answer(401, b"")))


@pytest.mark.slow
def test_a_good_answer_is_imported(world: World, imported: Any, answer: Callable[..., str]) -> None:
    body = Path(world.feed.source).read_bytes().replace(b";30;2", b";31;2")
    address = answer(200, body, Content_Length=str(len(body)))
    assert import_feed(over_http(world, address)).updated == 25
