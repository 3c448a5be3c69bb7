"""The demo's two feeds are read to the very figures that their maker counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from blocks import FeedMapping, SupplierFeed
from demo.feeds import FeedsMade, write_feeds
from tasks.feeds.inspecting.inspection import inspect
from tasks.feeds.offers.read import FeedRead, read_feed

ACME = {
    "sku": "Symbol",
    "ean": "EAN",
    "name": "Nazwa",
    "stock_quantity": "Stan",
    "purchase_price": "Cena netto",
    "delivery_days": "Termin dostawy",
}
BALTIC = {
    "supplier_sku": "@id",
    "sku": "kody/symbol",
    "ean": "kody/ean",
    "name": "nazwa",
    "stock_quantity": "stany/magazyn",
    "purchase_price": "cena",
    "delivery_days": "dostawa/@dni",
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> FeedsMade:
    return write_feeds(tmp_path_factory.mktemp("feeds"), products=3000)


def acme(made: FeedsMade, folder: Path) -> FeedRead:
    feed = SupplierFeed(integration_id=6, source=str(made.csv), mapping=FeedMapping(**ACME))
    return read_feed(feed, made.csv, folder)


def baltic(made: FeedsMade, folder: Path) -> FeedRead:
    mapping = FeedMapping(**BALTIC)
    feed = SupplierFeed(integration_id=8, source=str(made.xml), record_path="cennik/produkty/produkt", mapping=mapping)
    return read_feed(feed, made.xml, folder)


def test_the_csv_feed(made: FeedsMade, tmp_path: Path) -> None:
    read = acme(made, tmp_path)
    assert (read.encoding, read.delimiter, read.rows_read) == ("cp1250", ";", made.acme.rows)
    assert (read.offers_count, read.rows_rejected) == (made.acme.offers, made.acme.rejected_rows.total())
    assert read.rejected_by_reason == dict(made.acme.rejected_rows + made.acme.rejected_fields)


def test_the_xml_feed(made: FeedsMade, tmp_path: Path) -> None:
    read = baltic(made, tmp_path)
    assert (read.format, read.rows_read) == ("xml", made.baltic.rows)
    assert (read.offers_count, read.rows_rejected) == (made.baltic.offers, made.baltic.rejected_rows.total())
    assert read.rejected_by_reason == dict(made.baltic.rejected_rows + made.baltic.rejected_fields)


def test_the_csv_feed_s_mapping_is_proposed(made: FeedsMade, tmp_path: Path) -> None:
    assert inspect(str(made.csv), made.csv, tmp_path).mapping == ACME


def test_the_xml_feed_s_mapping_is_proposed(made: FeedsMade, tmp_path: Path) -> None:
    found = inspect(str(made.xml), made.xml, tmp_path)
    assert (found.record_path, found.mapping) == ("cennik/produkty/produkt", BALTIC)
