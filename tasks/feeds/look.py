"""What kind of file is this: judged by its first bytes, never by its name."""

from __future__ import annotations

import codecs
import html
import re
from pathlib import Path
from typing import Literal

from blocks import SupplierFeed
from tasks.errors import Refused
from tasks.feeds.address import shown, without_secrets

HEAD = 4096
SHOWN = 160
BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
PACKED = {
    b"\x1f\x8b": "a gzip file",
    b"PK\x03\x04": "a zip or xlsx file",
    b"%PDF": "a PDF file",
    b"\xd0\xcf\x11": "an xls file",
}
PAGE = re.compile(r"<(!doctype\s+html|html|head|body|br|b>|div|p>|font|script|title)", re.IGNORECASE)
TITLE = re.compile(r"<(?:title|h1)[^>]*>\s*(.*?)\s*<", re.IGNORECASE | re.DOTALL)


def kind_of(feed: SupplierFeed | None, raw: Path, source: str | None = None) -> Literal["csv", "xml"]:
    """`csv` or `xml`, by content. Raises Refused for what is no feed: empty, packed, a web page, JSON."""
    where = shown(feed.source if feed else source or str(raw))
    with raw.open("rb") as file:
        start = file.read(HEAD)
    for magic, kind in PACKED.items():
        if start.startswith(magic):
            raise Refused(f"{where}: expected a CSV or XML feed, got {kind}. Ask the supplier for the plain file")
    text = _text(start).lstrip("\ufeff \t\r\n\0")
    if not text:
        size = raw.stat().st_size
        raise Refused(f"{where}: expected a CSV or XML feed, got an empty file ({size} bytes)")
    kind = _kind(text)
    if kind in {"page", "json"}:
        beginning = without_secrets(_beginning(text, kind), feed)
        raise Refused(f"{where}: expected a CSV or XML feed, got {beginning}. Open the address in a browser and look")
    found: Literal["csv", "xml"] = "xml" if kind == "xml" else "csv"
    wanted = feed.format if feed else "auto"
    if wanted not in {"auto", found}:
        raise Refused(
            f"{where}: expected {wanted.upper()} (the feed's format), got {found.upper()}, beginning with"
            f" `{without_secrets(_short(text), feed)}`. Set the format to `{found}` or `auto`, or correct the"
            " source"
        )
    return found


def _kind(text: str) -> str:
    if text.startswith("<"):
        content = re.sub(r"<\?.*?\?>|<!--.*?-->", "", text, flags=re.DOTALL).lstrip()
        return "page" if PAGE.match(content) else "xml"
    if re.match(r'(\{|\[)\s*("|\{|\[|\}|\])', text):
        return "json"
    return "csv"


def _beginning(text: str, kind: str) -> str:
    if kind == "json":
        return f"JSON, beginning with `{_short(text)}`"
    title = TITLE.search(text)
    if title:
        return f"a web page titled `{_short(html.unescape(title.group(1)))}`"
    words = re.sub(r"<(script|style).*?</\1>|<[^>]*>", " ", text, flags=re.DOTALL | re.IGNORECASE)
    return f"a web page, beginning with `{_short(html.unescape(words) or text)}`"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else line[:SHOWN] + "…"


def _text(start: bytes) -> str:
    """Give the beginning as text, good enough to recognise it."""
    for bom, encoding in BOMS.items():
        if start.startswith(bom):
            return start.decode(encoding, errors="replace")
    if start[1:2] == b"\0":
        return start.decode("utf-16-le", errors="replace")
    if start[:1] == b"\0" and start[1:2] not in {b"", b"\0"}:
        return start.decode("utf-16-be", errors="replace")
    return start.decode("utf-8", errors="replace")
