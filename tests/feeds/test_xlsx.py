"""Excel files: cells as text, rows found below titles, hostile archives refused."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tasks.errors import Refused
from tasks.feeds.formats import xlsx_rows
from tests.feeds.conftest import Read, csv_feed

HEADER = ["sku", "ean", "stock", "price", "days"]
ROW = ["A1", 5901234123457, 5, 10.5, "3 dni"]
PLAIN = {"sku": "sku", "stock_quantity": "stock"}


def workbook(*rows: list[Any], sheet: str = "Cennik", **others: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, cells in {sheet: rows, **others}.items():
        other = book.create_sheet(name)
        for row in cells:
            other.append(row)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def with_part(content: bytes, name: str, text: bytes) -> bytes:
    """The workbook with one part replaced, or added."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, text if part == name else old.read(part))
        if name not in old.namelist():
            new.writestr(name, text)
    return packed.getvalue()


def test_a_plain_sheet(read: Read) -> None:
    reading = read(workbook(HEADER, ROW))
    offer = reading.offers[0]
    assert (offer["sku"], offer["ean"], offer["stock_quantity"]) == ("A1", "5901234123457", 5)
    assert (str(offer["purchase_price"]), offer["delivery_days"]) == ("10.5000", 3)
    assert (reading.read.format, reading.read.rows_read, offer["row_number"]) == ("xlsx", 1, 2)


def test_rows_are_numbered_as_in_the_sheet(read: Read) -> None:
    reading = read(workbook(["Price list"], [], HEADER, ROW, [], [None, None], ["A2", None, 1, 2.5, 1], [], [None]))
    assert {offer["sku"]: offer["row_number"] for offer in reading.offers} == {"A1": 4, "A2": 7}


def test_a_sheet_by_its_name(read: Read) -> None:
    content = workbook(["nothing"], Stany=[HEADER, ROW])
    assert read(content, csv_feed(record_path="Stany")).offers[0]["sku"] == "A1"
    with pytest.raises(Refused, match=r"the sheet `Magazyn`.*`Cennik`, `Stany`"):
        read(content, csv_feed(record_path="Magazyn"))


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (12.0, "12"),
        (0.1 + 0.2, "0.3"),
        (1.234, "1.2340"),
        (True, "true"),
        (date(2026, 12, 24), "2026-12-24"),
        (datetime(2026, 12, 24, 8, 30), "2026-12-24 08:30:00"),  # noqa: DTZ001
        (" two\nlines ", "two lines"),
        (5901234123457.0, "5901234123457"),
        (None, ""),
    ],
)
def test_cells_are_text(cell: Any, text: str) -> None:
    assert xlsx_rows._text(cell) == text


def test_a_number_with_three_decimals_is_no_thousand(read: Read) -> None:
    assert str(read(workbook(HEADER, ["A1", None, 5, 1.234, 1])).offers[0]["purchase_price"]) == "1.2340"


def test_a_mapped_column_that_is_gone(read: Read) -> None:
    with pytest.raises(Refused, match=r"`stock` \(stock_quantity\)"):
        read(workbook(["sku", "ean"], ["A1", None]), csv_feed(mapping=PLAIN))


@pytest.mark.parametrize("share", [0.3, 0.9, 0.999])
def test_a_cut_file_is_refused(read: Read, share: float) -> None:
    content = workbook(HEADER, *[[f"A{n}", None, 5, 1.5, 1] for n in range(200)])
    with pytest.raises(Refused, match=r"cut or damaged|a zip file"):
        read(content[: int(len(content) * share)])


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"])
def test_a_zip_bomb_is_refused(read: Read, part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_rows, "LARGEST_PART", 1 << 20)
    monkeypatch.setattr(xlsx_rows, "LARGEST_SHARED", 1 << 20)
    with pytest.raises(Refused, match="once unpacked, got"):
        read(with_part(workbook(HEADER, ROW), part, b"<a>" + b" " * 3_000_000 + b"</a>"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b'<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><x>&b;</x>', "DOCTYPE"),
        (b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>', "DOCTYPE"),
        (b"<x>" * 100_000, "elements inside each other"),
        (b"<x>" + b"y" * 3_000_000 + b"</x>", "longer one"),
        (b"<x><y></x>", "malformed"),
    ],
    ids=["entities", "external", "deep", "long", "malformed"],
)
@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "[Content_Types].xml"])
def test_hostile_xml_inside_is_refused(read: Read, part: str, text: bytes, words: str) -> None:
    with pytest.raises(Refused, match=words):
        read(with_part(workbook(HEADER, ROW), part, text))


def test_too_many_columns_are_refused(read: Read) -> None:
    with pytest.raises(Refused, match=r"2,000 columns, got 3,000 columns"):
        read(workbook([f"c{n}" for n in range(3000)]))


def test_a_row_far_below_is_refused(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_rows, "MOST_ROWS", 1000)
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="999999999"><c r="A999999999"><v>1</v></c></row></sheetData></worksheet>'
    )
    with pytest.raises(Refused, match=r"at most 1,000 rows"):
        read(with_part(workbook(HEADER, ROW), "xl/worksheets/sheet1.xml", sheet))


def test_an_old_excel_file_is_named(read: Read, tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"an old Excel file"):
        read(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
