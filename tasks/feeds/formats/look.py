"""What kind of file is this: judged by its first bytes, never by its name."""

from __future__ import annotations

import codecs
import html
import re
import zipfile
from pathlib import Path
from typing import Literal

from blocks import SupplierFeed
from tasks.errors import Refused
from tasks.feeds.sources.address import shown, without_secrets

Kind = Literal["csv", "xml", "json", "xlsx"]
FORMATS = "CSV, XML, JSON or XLSX"
ZIP = b"PK\x03\x04"
HEAD = 4096
SHOWN = 160
BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
PACKED = {
    b"\x1f\x8b": "a gzip file",
    ZIP: "a zip file",
    b"%PDF": "a PDF file",
    b"\xd0\xcf\x11": "an old Excel file (.xls), or one with a password",
}
PAGE = re.compile(r"<(!doctype\s+html|html|head|body|br|b>|div|p>|font|script|title)", re.IGNORECASE)
TITLE = re.compile(r"<(?:title|h1)[^>]*>\s*(.*?)\s*<", re.IGNORECASE | re.DOTALL)


def kind_of(feed: SupplierFeed | None, raw: Path, source: str | None = None) -> Kind:
    """What a file is, by content. Raises Refused for what is no feed: empty, packed, a web page."""
    where = shown(feed.source if feed else source or str(raw))
    with raw.open("rb") as file:
        start = file.read(HEAD)
    found: Kind
    if start.startswith(ZIP) and _is_workbook(raw, start):
        found, beginning = "xlsx", "an Excel file"
    else:
        found, beginning = _text_kind(start, feed, raw, where)
    wanted = feed.format if feed else "auto"
    if wanted not in {"auto", found}:
        raise Refused(
            f"{where}: expected {wanted.upper()} (the feed's format), got {beginning}. Set the format to `{found}` or"
            " `auto`, or correct the source"
        )
    return found


def _text_kind(start: bytes, feed: SupplierFeed | None, raw: Path, where: str) -> tuple[Kind, str]:
    """Tell a text's kind, and how it begins, for messages."""
    for magic, kind in PACKED.items():
        if start.startswith(magic):
            raise Refused(
                f"{where}: expected a feed ({FORMATS}), got {kind}. Ask the supplier for one of those formats"
            )
    text = _text(start).lstrip("\ufeff \t\r\n\0")
    if not text:
        size = raw.stat().st_size
        raise Refused(
            f"{where}: expected a feed ({FORMATS}), got an empty file ({size} bytes). Fetch it again later, or ask the"
            " supplier"
        )
    kind = _kind(text)
    if kind == "page":
        raise Refused(
            f"{where}: expected a feed ({FORMATS}), got {without_secrets(_page(text), feed)}. Open the address in a"
            " browser and look"
        )
    return kind, f"{kind.upper()}, beginning with `{without_secrets(_short(text), feed)}`"


def beginning_of(raw: Path, feed: SupplierFeed | None) -> str:
    """The first words of a file, for messages; secrets are masked."""
    with raw.open("rb") as file:
        return without_secrets(_short(_text(file.read(HEAD)).lstrip("\ufeff")), feed)


def _is_workbook(raw: Path, start: bytes) -> bool:
    try:
        with zipfile.ZipFile(raw) as packed:
            return any(name.lower() == "xl/workbook.xml" for name in packed.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return b"xl/" in start  # cut: the reader of workbooks says so


def _kind(text: str) -> Literal["csv", "xml", "json", "page"]:
    if text.startswith("<"):
        content = re.sub(r"<\?.*?\?>|<!--.*?-->", "", text, flags=re.DOTALL).lstrip()
        return "page" if PAGE.match(content) else "xml"
    if re.match(r'(\{|\[)\s*("|\{|\[|\}|\])', text):
        return "json"
    return "csv"


def _page(text: str) -> str:
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
