"""What is no feed is recognised by its content and refused with what it is."""

from __future__ import annotations

import pytest

from blocks import SupplierFeed
from tasks.errors import Refused
from tests.feeds.conftest import Read, csv_feed, xml_feed

PAGES = [
    (
        "<!DOCTYPE html><html><head><title>Sign &amp; in</title></head></html>",
        "a web page titled `Sign & in`",
    ),
    ("\n <html lang=pl><body><h1>503</h1></body></html>", "a web page titled `503`"),
    ('<?xml version="1.0"?><!DOCTYPE html><html><title>Login</title></html>', "a web page titled `Login`"),
    ("<br />\n<b>Fatal error</b>: out of memory", "a web page, beginning with `Fatal error : out of memory`"),
    ('{"error": "bad key"}', 'JSON, beginning with `{"error": "bad key"}`'),
    ("", r"an empty file \(0 bytes\)"),
    (" ", r"an empty file \(1 bytes\)"),
    ("\n\n", "an empty file"),
    ("\ufeff", "an empty file"),
    ("PK\x03\x04x", "a zip file"),
    ("%PDF-1.4", "a PDF file"),
]


@pytest.mark.parametrize(("content", "words"), PAGES)
@pytest.mark.parametrize(
    "feed", [csv_feed(), csv_feed(format="csv"), xml_feed(format="xml")], ids=["auto", "csv", "xml"]
)
def test_what_is_no_feed(read: Read, content: str, words: str, feed: SupplierFeed) -> None:
    with pytest.raises(Refused, match="got " + words):
        read(content, feed)


def test_a_gzip_file_is_named(read: Read) -> None:
    with pytest.raises(Refused, match="a gzip file"):
        read(b"\x1f\x8b\x08rest")


def test_an_array_of_objects_is_a_feed(read: Read) -> None:
    assert read('[{"sku": "A1", "stock": 2}]', csv_feed(mapping={"sku": "sku", "stock_quantity": "stock"})).offers


def test_one_byte_is_no_feed(read: Read) -> None:
    with pytest.raises(Refused, match="which the file does not have"):
        read("x")


def test_a_plain_error_text_is_no_feed(read: Read) -> None:
    with pytest.raises(Refused, match="`Access denied`"):
        read("Access denied\n")


def test_the_wrong_format_is_named(read: Read) -> None:
    with pytest.raises(Refused, match=r"expected CSV.*got XML.*`<offer/>`"):
        read("<offer/>", csv_feed(format="csv"))


def test_a_secret_in_an_error_page_is_masked(read: Read) -> None:
    feed = csv_feed("https://x.test/{token}", token="s3cret-key", format="auto")
    with pytest.raises(Refused) as refusal:
        read('{"error": "unknown key s3cret-key"}', feed)
    assert "s3cret-key" not in str(refusal.value)
    assert "unknown key ***" in str(refusal.value)
