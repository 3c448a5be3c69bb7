"""Looking into a file that nobody has described yet."""

from __future__ import annotations

from pathlib import Path

import pytest

from blocks import SupplierFeed
from tasks.errors import Refused
from tasks.feeds.inspecting.block_yaml import block_yaml
from tasks.feeds.inspecting.fitting import fitting_absence, shares_sold
from tasks.feeds.inspecting.inspection import Inspection, inspect
from tasks.feeds.offers.read import read_feed
from tests import parquet
from tests.feeds.test_xlsx import workbook
from tests.feeds.test_xml import GATEWAY, document


def look(folder: Path, content: str, encoding: str = "utf-8") -> Inspection:
    raw = folder / "raw"
    raw.write_bytes(content.encode(encoding))
    return inspect("https://x.test/acme.csv?key=s3cretvalue", raw, folder)


CSV = (
    "Symbol;Kod EAN;Nazwa towaru;Stan magazynowy;Cena netto;Termin dostawy\n"
    "A1;5901234123457;Śruba;5;10,50;24h\nA2;;Nakrętka;0;1,20;3 dni\n"
)


def test_a_csv_file(tmp_path: Path) -> None:
    found = look(tmp_path, CSV, "cp1250")
    assert (found.format, found.encoding, found.delimiter, found.rows) == ("csv", "cp1250", ";", 2)
    assert found.mapping == {
        "sku": "Symbol",
        "ean": "Kod EAN",
        "stock_quantity": "Stan magazynowy",
        "delivery_days": "Termin dostawy",
        "purchase_price": "Cena netto",
        "name": "Nazwa towaru",
    }


@pytest.mark.parametrize("end", ["", '"'], ids=["never closed", "closed"])
def test_a_long_quoted_text_does_not_stop_the_look(tmp_path: Path, end: str) -> None:
    """Of one that is longer than any the records before it tell enough; who reads the whole file names the line."""
    found = look(tmp_path, CSV + 'A3;;"' + "very long\n" * 120_000 + f"{end};7;1;1\n")
    assert found.mapping["stock_quantity"] == "Stan magazynowy"


def test_columns_tell_how_full_they_are(tmp_path: Path) -> None:
    column = look(tmp_path, CSV).columns[1]
    assert (column.name, column.filled, column.gtin, column.sample) == (
        "Kod EAN",
        0.5,
        1.0,
        ["5901234123457"],
    )


def test_an_ean_is_known_by_its_values(tmp_path: Path) -> None:
    assert look(tmp_path, CSV.replace("Kod EAN", "K1")).mapping["ean"] == "K1"


def test_an_xml_file(tmp_path: Path) -> None:
    found = look(tmp_path, document(1, 2, 3))
    assert (found.format, found.record_path, found.rows) == ("xml", "offer/products/product", 3)
    assert found.mapping == {
        "sku": "codes/sku",
        "ean": "attrs/a[@name='EAN']",
        "stock_quantity": "stock/@quantity",
        "purchase_price": "price/@net",
        "supplier_sku": "@id",
        "name": "name",
    }


def test_a_json_file(tmp_path: Path) -> None:
    found = look(tmp_path, '{"data": {"items": [{"symbol": "A", "stan": 1}, {"symbol": "B", "stan": 0}]}}')
    assert (found.format, found.record_path, found.rows) == ("json", "data/items", 2)
    assert found.mapping == {"sku": "symbol", "stock_quantity": "stan"}


def test_json_at_the_top(tmp_path: Path) -> None:
    found = look(tmp_path, '[{"symbol": "A", "stan": 1, "attributes": [{"name": "EAN", "value": "5901234123457"}]}]')
    assert (found.record_path, found.mapping["ean"]) == ("", "attributes[@name='EAN']/value")


def test_an_excel_file(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.write_bytes(workbook(["Price list"], ["Symbol", "Stan"], ["A", 5]))
    found = inspect("x.xlsx", raw, tmp_path)
    assert (found.format, found.mapping) == ("xlsx", {"sku": "Symbol", "stock_quantity": "Stan"})
    assert found.feed("x.xlsx")


def test_a_file_without_a_header(tmp_path: Path) -> None:
    found = look(tmp_path, "A1;5901234123457;5;10,50\nA2;;0;1,20\n")
    assert (found.has_header, found.rows, found.mapping) == (False, 2, {"ean": "column_2"})


def test_a_known_format_is_proposed_with_the_columns_it_has(tmp_path: Path) -> None:
    found = look(tmp_path, CSV)
    assert found.preset == "polish-csv"
    feed = found.feed("acme.csv")
    assert feed is not None
    assert "preset: polish-csv" in block_yaml(feed, number_known=True)


JSON = '{"items": [{"symbol": "A", "stan": 1}, {"symbol": "B", "stan": 0}]}'
NDJSON = '{"symbol": "A", "stan": 1}\n{"symbol": "B", "stan": 0}\n'


@pytest.mark.parametrize("content", [CSV, document(1, 2, 3), JSON, NDJSON], ids=["csv", "xml", "json", "ndjson"])
def test_the_proposal_reads_the_file(tmp_path: Path, content: str) -> None:
    feed = look(tmp_path, content).feed("x")
    assert feed is not None
    read = read_feed(feed, tmp_path / "raw", tmp_path)
    assert (read.offers_count, read.rows_rejected) == (read.rows_read, 0)


def test_a_feed_without_zeros_tells_absence_by_leaving_out(tmp_path: Path) -> None:
    assert look(tmp_path, CSV).absence == "uncertain"
    assert look(tmp_path, CSV.replace(";0;", ";7;")).absence == "sold_out"


def test_how_much_a_threshold_would_sell(tmp_path: Path) -> None:
    """A word without a number is sold at every threshold; what the supplier denies is sold at none."""
    offers = [{"stock_quantity": n, "is_available": None} for n in (0, 1, 3, 5, 9, 20)]
    offers += [{"stock_quantity": None, "is_available": True}, {"stock_quantity": 50, "is_available": False}]
    path = parquet.write(tmp_path / "offers.parquet", parquet.OFFERS, offers)
    assert shares_sold(path) == {1: 0.75, 3: 0.625, 5: 0.5, 10: 0.25, 20: 0.25}


@pytest.mark.parametrize(("least", "fits"), [(0, "uncertain"), (1, "sold_out")])
def test_absence_fits_what_the_offers_list(tmp_path: Path, least: int, fits: str) -> None:
    offers = [{"stock_quantity": n} for n in (least, 5, 7)]
    path = parquet.write(tmp_path / "offers.parquet", parquet.OFFERS, offers)
    feed = SupplierFeed(integration_id=6, source="a.csv", mapping={"sku": "s", "stock_quantity": "q"})
    absence, reason = fitting_absence(feed, path)
    assert (absence, "3 offers" in reason) == (fits, True)


def test_a_file_without_stock_says_nothing_of_what_is_missing(tmp_path: Path) -> None:
    path = parquet.write(tmp_path / "offers.parquet", parquet.OFFERS, [{"sku": "A"}])
    part = {"name": "prices", "provides": ["price"]}
    feed = SupplierFeed(integration_id=6, source="a.csv", mapping={"sku": "s", "purchase_price": "p"}, part=part)
    assert fitting_absence(feed, path) == (
        feed.absence,
        "this file says nothing about stock, so a missing item means nothing",
    )


def test_an_unknown_file_has_no_proposal(tmp_path: Path) -> None:
    found = look(tmp_path, "a;b\n1;2\n")
    assert (found.mapping, found.feed("x")) == ({}, None)


def test_a_web_page_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="a web page"):
        look(tmp_path, "<html><title>Hi</title></html>")


def test_a_list_of_files_is_named_as_one(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="an IOF gateway"):
        look(tmp_path, GATEWAY)
