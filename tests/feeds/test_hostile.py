"""Content that would harm is refused at once, in little memory: what was expected, what came, where, what to do."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from blocks import FeedGate, FeedMapping, SupplierFeed
from tasks.errors import Refused
from tests.feeds.conftest import Read
from tests.feeds.test_xlsx import HEADER, ROW, with_part, workbook

MAPPING = FeedMapping(sku="sku", stock_quantity="stock")
MEGABYTE = 1 << 20
LONG = "x" * (3 * MEGABYTE)
DEEP = 100_000
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


def feed(record_path: str | None = None) -> SupplierFeed:
    gate = FeedGate(max_rejected_share=1)
    return SupplierFeed(integration_id=6, source="acme.feed", record_path=record_path, mapping=MAPPING, gate=gate)


def xml(inside: str) -> str:
    return f"<offer><product><sku>A</sku><stock>1</stock>{inside}</product></offer>"


HOSTILE: dict[str, tuple[str | bytes, str]] = {
    "xml: entity expansion": (
        f'<!DOCTYPE offer [<!ENTITY l0 "ha">{LAUGHS}]>' + xml("<a>&l9;</a>"),
        "without a DOCTYPE",
    ),
    "xml: external entity": (
        '<!DOCTYPE offer [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + xml("<a>&e;</a>"),
        "without a DOCTYPE",
    ),
    "xml: external DTD": ('<!DOCTYPE offer SYSTEM "http://x.test/evil">' + xml(""), "without a DOCTYPE"),
    "xml: entity of a DTD": ('<!DOCTYPE offer SYSTEM "a.dtd">' + xml("<a>&evil;</a>"), "without entities"),
    "xml: long text": (xml(f"<a>{LONG}</a>"), "at most 1,048,576 characters"),
    "xml: long mapped text": (f"<offer><product><sku>{LONG}</sku></product></offer>", "at most 1,048,576 characters"),
    "xml: long attribute": (xml(f"<a b='{LONG}'/>"), "at most 1,048,576 characters"),
    "xml: long CDATA": (xml(f"<a><![CDATA[{LONG}]]></a>"), "at most 1,048,576 characters"),
    "xml: deep": (xml("<a>" * DEEP + "</a>" * DEEP), "at most 100 elements"),
    "xml: deep without records": ("<offer>" + "<a>" * DEEP, "at most 100 elements"),
    "xml: NUL": (xml("\0"), "malformed: .* at line 1, column"),
    "xml: invalid bytes": (xml("<a>zz</a>").encode().replace(b"zz", b"\xff\xfe"), "malformed: .* at line 1, column"),
    "xml: unknown encoding": ('<?xml version="1.0" encoding="x-evil"?>' + xml(""), "encoding"),
    "xml: cut": (xml("")[:-9], "is cut"),
    "xml: another root": ("<error><code>5</code></error>", "root element `offer`.*got `error`"),
    "xml: another structure": ("<offer><a/><a/><a/></offer>", "expected records at .* got none"),
    "csv: NUL": ("sku;stock\nA;\0\n", "got a NUL character"),
    "csv: invalid bytes": (
        b"sku;stock\n\xc5\xbc;1\n\xc5\xbc\xff;2\n\xc5\xbc\xc5\xbc\xc5\xbc;3\n",
        "byte 0xFF at position",
    ),
    "csv: 100,000 columns": (";".join(f"c{n}" for n in range(100_000)) + "\n", "at most 2,000 columns, got 100,000"),
    "csv: 100,000 columns below": ("sku;stock\n" + ("1;" * 100_000 + "\n") * 3, "at most 2,000 columns, got 100,001"),
    "csv: long line": ("sku;stock\nA;1\n" + LONG, "line 3: expected lines of at most 1,048,576 characters"),
    "csv: long quoted text": ('sku;stock\nA;1\nB;"' + "x\n" * MEGABYTE, "line 3: .* a quote there is never closed"),
    "csv: cut quote": ('sku;stock\nA;1\nB;"2', "ends inside its last record, which begins on line 3"),
    "csv: cut record": ("sku;stock\nA;1\nB", "ends inside its last record, which begins on line 3"),
    "json: error": ('{"error": "quota exceeded"}', "got JSON, beginning with .*quota exceeded"),
    "json: long text": ('[{"sku": "' + LONG, "at most 1,048,576 bytes"),
    "json: deep": ('[{"sku": ' + "[" * DEEP, "at most 100 values"),
    "json: NUL": ('[{"sku": "A\0"}]', "got a NUL character"),
    "json: invalid bytes": (b'[{"sku": "\xff\xfe\xfd"}]', "expected text in utf-8, got byte 0xFF at position 10"),
    "json: cut": ('[{"sku": "A", "stock": 1}, {"sku"', "is cut"),
    "json: malformed": ('[{"sku": "A", "stock": }]', "malformed"),
    "page": ("<!DOCTYPE html><html><title>Log in</title></html>", "a web page titled `Log in`"),
    "empty": ("", "an empty file"),
    "xlsx: zip bomb": (
        with_part(workbook(HEADER, ROW), "xl/sharedStrings.xml", b"<sst>" + b" " * (70 * MEGABYTE) + b"</sst>"),
        "64 MB of texts once unpacked, got",
    ),
    "xlsx: cut": (workbook(HEADER, ROW)[:-30], "cut or damaged|a zip file"),
}


@pytest.mark.parametrize("name", list(HOSTILE))
def test_it_is_refused_with_its_place_and_what_to_do(read: Read, name: str) -> None:
    content, words = HOSTILE[name]
    is_xml = name.startswith("xml")
    with pytest.raises(Refused, match=words) as refused:
        read(content, feed("offer/product" if is_xml else None))
    message = str(refused.value)
    assert message.startswith("acme.feed:")
    assert any(word in message for word in ("Ask", "Set", "set", "Fetch", "Open", "Correct", "correct", "look")), (
        message
    )
    assert len(message) < 2000


def _xml_text(path: Path, size: int) -> None:
    _large(path, b"<offer><product><sku>", b"x", size)


def _csv_line(path: Path, size: int) -> None:
    _large(path, b"sku;stock\nA;1\n", b"x", size)


def _csv_quote(path: Path, size: int) -> None:
    _large(path, b'sku;stock\nA;1\nB;"', b"x\n", size)


def _json_text(path: Path, size: int) -> None:
    _large(path, b'[{"sku": "', b"x", size)


def _json_record(path: Path, size: int) -> None:
    _large(path, b'{"sku": [1', b", 1", size)


def _json_numbers(path: Path, size: int) -> None:
    _large(path, b'[{"sku": 1', b"1", size)


def _xlsx_bomb(path: Path, size: int) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", "<workbook/>")
        with packed.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            for _ in range(size // MEGABYTE * 3):
                part.write(b"<a/>" * (MEGABYTE // 4))


def _large(path: Path, start: bytes, filling: bytes, size: int) -> None:
    with path.open("wb") as file:
        file.write(start)
        for _ in range(size // MEGABYTE):
            file.write(filling * (MEGABYTE // len(filling)))


CHILD = """
import sys, time
from pathlib import Path
from blocks import FeedMapping, SupplierFeed
from tasks.errors import Refused
from tasks.feeds.offers.read import read_feed

raw, record_path = Path(sys.argv[1]), sys.argv[2] or None
mapping = FeedMapping(sku="sku", stock_quantity="stock")
feed = SupplierFeed(integration_id=6, source=str(raw), record_path=record_path, mapping=mapping)
began = time.monotonic()
try:
    read_feed(feed, raw, raw.parent)
except Refused as refused:
    print(refused, file=sys.stderr)
    # not resource.getrusage: its ru_maxrss begins with what the parent held
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    print(int(status["VmHWM"].split()[0]) // 1024, time.monotonic() - began)
"""


def cost(path: Path) -> tuple[int, float]:
    """Megabytes at most and seconds that a child process took to refuse a file."""
    arguments = [sys.executable, "-c", CHILD, str(path), "offer/product" if path.suffix == ".xml" else ""]
    done = subprocess.run(arguments, capture_output=True, text=True, check=True)
    megabytes, seconds = done.stdout.split()
    return int(megabytes), float(seconds)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("write", "suffix"),
    [
        (_xml_text, ".xml"),
        (_csv_line, ".csv"),
        (_csv_quote, ".csv"),
        (_json_text, ".json"),
        (_json_record, ".json"),
        (_json_numbers, ".json"),
        (_xlsx_bomb, ".xlsx"),
    ],
)
def test_200_megabytes_of_it_cost_no_memory(tmp_path: Path, write: Callable[[Path, int], None], suffix: str) -> None:
    small, large = tmp_path / f"small{suffix}", tmp_path / f"large{suffix}"
    small.write_bytes(b"" if suffix != ".xlsx" else io.BytesIO(b"PK\x03\x04").getvalue())
    write(large, 200 * MEGABYTE)
    (before, _), (megabytes, seconds) = cost(small), cost(large)
    print(f"{write.__name__}: {megabytes - before} MB more, {seconds:.1f} s")
    assert megabytes - before < 120  # DuckDB's buffers for any CSV file are 70 of them
