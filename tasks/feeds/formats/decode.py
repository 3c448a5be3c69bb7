"""From a supplier's bytes to UTF-8, block by block; a byte that has no meaning refuses the file."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tasks.errors import Refused
from tasks.feeds.formats.look import BOMS

BLOCK = 1 << 20
ENOUGH = 100_000  # so many letters beyond ASCII tell the code page
ISO_CONTROLS = bytes(range(0x80, 0xA0))  # never text in ISO-8859-2; ś, ź, š, ž and more in cp1250
ISO_8859_2 = bytes([0xA1, 0xA6, 0xAC, 0xB1, 0xB6, 0xBC, 0xBE])  # Ą Ś Ź ą ś ź ž; hardly ever used in cp1250
CP1250 = bytes([0xA5, 0xB9])  # Ą ą there; in ISO-8859-2 the rarer Ľ š


@dataclass(frozen=True)
class Text:
    """A UTF-8 file: its physical lines (blank ones at the end not counted), the encoding it came from."""

    path: Path
    encoding: str
    lines: int


def to_utf8(raw: Path, encoding: str | None, folder: Path, where: str, *, is_old: bool = True) -> Text:
    """Decode `raw` to a UTF-8 file without BOM (the raw file itself if it is that); encoding None: looked for.

    `is_old`: it may be in an old code page, too, without saying so.

    Raises Refused for bytes that the encoding doesn't know, a character cut at the end, and NUL bytes.
    """
    encoding = encoding or _marked(raw)
    if encoding is None:
        try:
            return _plain(raw, where)
        except Refused:
            encoding = _old_code_page(raw) if is_old else None
            if encoding is None:
                raise
    with raw.open("rb") as file:
        marked = file.read(3).startswith(codecs.BOM_UTF8)
    plain = codecs.lookup(encoding).name in {"utf-8", "utf-8-sig"}
    if plain and not marked:
        return _plain(raw, where)
    path = folder / "decoded.txt"
    with path.open("wb") as target:
        lines = _count_lines(_copied(_decoded(raw, "utf-8-sig" if plain else encoding, where), target.write))
    return Text(path, encoding, lines)


def _plain(raw: Path, where: str) -> Text:
    """Take a UTF-8 file as it is, once every byte was looked at."""
    return Text(raw, "utf-8", _count_lines(block for block, _ in _decoded(raw, "utf-8", where)))


def _copied(blocks: Iterator[tuple[bytes, str]], write: Callable[[bytes], object]) -> Iterator[bytes]:
    for _, text in blocks:
        encoded = text.encode("utf-8")
        write(encoded)
        yield encoded


def _decoded(raw: Path, encoding: str, where: str) -> Iterator[tuple[bytes, str]]:
    """Yield the blocks of the file, as they are and decoded."""
    decoder = codecs.getincrementaldecoder(encoding)()
    done = 0
    with raw.open("rb") as file:
        while block := file.read(BLOCK):
            kept = len(decoder.getstate()[0])
            try:
                text = decoder.decode(block)
            except UnicodeDecodeError as error:
                raise _unknown_byte(where, encoding, done - kept + error.start, error.object[error.start]) from None
            if b"\0" in block and "\0" in text:
                raise Refused(
                    f"{where}: expected text, got a NUL character near byte {done + max(0, block.find(0)):,}:"
                    " the file is damaged or in another encoding. Set the feed's encoding (`utf-16`?)"
                )
            done += len(block)
            yield block, text
    try:
        yield b"", decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise Refused(
            f"{where}: the file ends inside a character ({encoding}, byte {done:,}): it is cut. Fetch it again"
        ) from None


def _unknown_byte(where: str, encoding: str, position: int, byte: int) -> Refused:
    return Refused(
        f"{where}: expected text in {encoding}, got byte 0x{byte:02X} at position {position:,}, which has no"
        " meaning there. Set the feed's encoding to the one the supplier uses (`cp1250`, `iso-8859-2`, `utf-8`)"
    )


def _count_lines(blocks: Iterable[bytes]) -> int:
    """Count the physical lines of UTF-8 text, without blank ones at the end."""
    newlines, tail = 0, b""
    for block in blocks:
        newlines += block.count(b"\n")
        tail = (tail + block[-1024:])[-1024:]
    content = tail.rstrip(b"\r\n")
    return newlines - tail.count(b"\n", len(content)) + 1 if content else 0


def _marked(raw: Path) -> str | None:
    """Tell the encoding by the first bytes: by a BOM, or by UTF-16's zero bytes."""
    with raw.open("rb") as file:
        start = file.read(4)
    for bom, encoding in BOMS.items():
        if start.startswith(bom):
            return encoding
    first, second = (*start[:2], 1, 1)[:2]
    if bool(first) == bool(second):
        return None
    return "utf-16-be" if second else "utf-16-le"


def _old_code_page(raw: Path) -> str | None:
    """Tell which old code page a file that isn't clean UTF-8 holds; None if it is UTF-8 with damage."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    good = bad = controls = iso = cp1250 = 0
    with raw.open("rb") as file:
        while (block := file.read(BLOCK)) and good + bad < ENOUGH:
            text = decoder.decode(block)
            good += len(block) - len(text)
            bad += len(text) - len(text.encode("utf-8", "ignore").decode("utf-8"))
            controls += _count(block, ISO_CONTROLS)
            iso += _count(block, ISO_8859_2)
            cp1250 += _count(block, CP1250)
    if good >= bad:
        return None
    return "iso-8859-2" if not controls and iso * 3 > cp1250 else "cp1250"


def _count(block: bytes, letters: bytes) -> int:
    return len(block) - len(block.translate(None, letters))
