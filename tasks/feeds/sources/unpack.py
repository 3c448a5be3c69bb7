"""gzip and zip, taken apart within limits: a packed file of a few bytes can hold more than a disk.

Nothing is ever unpacked under a name that stands in an archive.
"""

from __future__ import annotations

import hashlib
import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import BinaryIO, NamedTuple

from tasks.errors import Refused, WrongSettingsError
from tasks.feeds.sources.sink import Limits

BLOCK = 1 << 18
FREE_BYTES = 16 << 20  # so much may be unpacked at any ratio
MOST_LAYERS = 2  # a gzip file that a web server sends packed once more; a zip in a gzip
LONGEST_LISTING = 1 << 20  # bytes of a zip's list of files: some ten thousand of them
GZIP, ZIP, EMPTY_ZIP = b"\x1f\x8b", b"PK\x03\x04", b"PK\x05\x06"
ENCRYPTED = 0x1
NOTES = re.compile(r"(^|/)(__MACOSX/|\.DS_Store$|Thumbs\.db$)")
TRICKS = re.compile(r"(^|/)\.\.(/|$)|^/|^[A-Za-z]:|[\x00-\x1f]")
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError, struct.error)
SHEET = "[Content_Types].xml"  # what makes a zip an Office file: no archive to us


class Unpacked(NamedTuple):
    """A file, and what it came in (None: as it is)."""

    path: Path
    bytes: int
    sha256: str
    packed: str | None


class _Rules(NamedTuple):
    """What may come out of an archive."""

    limits: Limits
    where: str
    member: str | None

    def check(self, done: int, used: int, packed: str) -> None:
        """Raise Refused for more bytes, or more from each packed one, than a feed has."""
        if done > self.limits.max_bytes:
            raise Refused(
                f"{self.where}: expected at most {self.limits.max_bytes:,} bytes when unpacked, got more ({packed})."
                " Ask the supplier for a smaller file, or raise the feed's largest size"
            )
        if done > FREE_BYTES and done > used * self.limits.max_ratio:
            raise Refused(
                f"{self.where}: expected at most {self.limits.max_ratio} bytes from each packed one, got {done:,} from"
                f" {used:,} ({packed}): no feed packs so well. Ask the supplier for the plain file"
            )


def unpacked(taken: Unpacked, limits: Limits, where: str, member: str | None = None) -> Unpacked:
    """Take a gzip or zip file apart, into another file beside it; others are given back as they are.

    Raises Refused for what is cut, damaged, protected, too large, packed too well to be a feed, or plays tricks with
    paths; WrongSettingsError where several files are inside and `member` (a name or pattern) chooses none or several.
    """
    first = taken.path
    rules = _Rules(limits, where, member)
    for target in left_over(first):
        with taken.path.open("rb") as file:
            start = file.read(4)
            file.seek(0)
            if start.startswith(GZIP):
                following = _write(taken, _gzip(file, where), "gzip", target, rules)
            elif start in {ZIP, EMPTY_ZIP}:
                found = _zip(taken, file, target, rules)
                if found is None:
                    return taken
                following = found
            else:
                return taken
        taken.path.unlink()
        taken = following
    return taken


def left_over(path: Path) -> list[Path]:
    """The files that `unpacked` makes on its way; where it raised, they are still there."""
    return [path.with_name(f"{path.name}.{layer}") for layer in range(1, MOST_LAYERS + 1)]


def _write(taken: Unpacked, blocks: Iterator[tuple[bytes, int]], packed: str, target: Path, rules: _Rules) -> Unpacked:
    """Write blocks (with the packed bytes they took so far) to the next file, watching size and ratio."""
    done, sha = 0, hashlib.sha256()
    with target.open("wb") as file:
        for block, used in blocks:
            done += len(block)
            rules.check(done, used, packed)
            sha.update(block)
            file.write(block)
    return Unpacked(target, done, sha.hexdigest(), f"{taken.packed}, {packed}" if taken.packed else packed)


def _gzip(file: BinaryIO, where: str) -> Iterator[tuple[bytes, int]]:
    """Unpack member after member (a gzip file may be several put together), with the packed bytes used so far."""
    used, waiting, members = 0, b"", 0
    try:
        while waiting or (waiting := file.read(BLOCK)):
            if members and not waiting.startswith(GZIP[: len(waiting)]):
                _refuse_trailing(waiting, file, where)
                return
            unpacking = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
            while not unpacking.eof:
                given = waiting or file.read(BLOCK)
                if not given:
                    raise Refused(f"{where}: the gzip file is cut: it ends before its end mark. Fetch it again")
                block = unpacking.decompress(given, BLOCK)
                waiting = unpacking.unconsumed_tail or unpacking.unused_data
                used += len(given) - len(waiting)
                yield block, used
            members += 1
    except zlib.error as error:
        raise Refused(f"{where}: the gzip file is damaged ({error}). Fetch it again, or ask the supplier") from None


def _refuse_trailing(waiting: bytes, file: BinaryIO, where: str) -> None:
    """Zeros behind the end are padding of old tapes and some servers; anything else is not understood."""
    while waiting:
        if waiting.strip(b"\0"):
            raise Refused(f"{where}: expected the end of the gzip file, got more bytes behind it: it is damaged")
        waiting = file.read(BLOCK)


class _Listed(io.BufferedReader):
    """A zip file whose list of files is not read where it would fill the memory."""

    def read(self, size: int | None = -1, /) -> bytes:
        wanted = LONGEST_LISTING + 1 if size is None or size < 0 else size
        found = super().read(wanted) if wanted <= LONGEST_LISTING + 1 else b""
        if wanted > LONGEST_LISTING and (wanted > LONGEST_LISTING + 1 or len(found) == wanted):
            raise OverflowError
        return found


def _zip(taken: Unpacked, file: BinaryIO, target: Path, rules: _Rules) -> Unpacked | None:
    """Unpack the one file of a zip; None for an Office file, which is a zip that we read as it is."""
    where = rules.where
    try:
        with _Listed(io.FileIO(file.fileno(), closefd=False)) as bounded, zipfile.ZipFile(bounded) as archive:
            entries = archive.infolist()
            if any(entry.filename == SHEET for entry in entries):
                return None
            chosen = _choose(entries, where, rules.member)
            packed = f"zip: {_name(chosen)}"
            used = min(chosen.compress_size, taken.bytes)
            rules.check(chosen.file_size, used, packed)  # no more than the size it states is ever given out
            with archive.open(chosen) as inside:
                return _write(
                    taken, ((block, used) for block in iter(lambda: inside.read(BLOCK), b"")), packed, target, rules
                )
    except OverflowError:
        raise Refused(f"{where}: the zip lists more files than any feed has. Ask for the plain file") from None
    except DAMAGED as error:
        raise Refused(
            f"{where}: the zip file is cut or damaged ({error}). Fetch it again, or ask the supplier"
        ) from None


def _choose(entries: list[zipfile.ZipInfo], where: str, member: str | None) -> zipfile.ZipInfo:
    for entry in entries:
        if TRICKS.search(entry.orig_filename.replace("\\", "/")) or stat.S_ISLNK(entry.external_attr >> 16):
            raise Refused(
                f"{where}: the zip holds `{_name(entry)}`, a name or link that leads out of it: no honest feed does"
            )
    inside = [entry for entry in entries if not entry.is_dir() and not NOTES.search(entry.filename)]
    fitting = [entry for entry in inside if member is None or _fits(entry.filename, member)]
    if len(fitting) != 1:
        raise _not_one(inside, fitting, where, member)
    chosen = fitting[0]
    if chosen.flag_bits & ENCRYPTED:
        raise Refused(
            f"{where}: `{_name(chosen)}` in the zip is protected by a password. Ask the supplier for a plain one"
        )
    # the other methods can't be unpacked in small pieces by Python's library, so they have no limit there
    if chosen.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise Refused(
            f"{where}: `{_name(chosen)}` in the zip is packed by method {chosen.compress_type}, expected the usual one"
            " (deflate). Ask the supplier for a usual zip"
        )
    return chosen


def _not_one(
    inside: list[zipfile.ZipInfo], fitting: list[zipfile.ZipInfo], where: str, member: str | None
) -> Refused | WrongSettingsError:
    if not inside:
        return Refused(f"{where}: expected a file in the zip, found none: the zip is empty")
    names = ", ".join(f"`{_name(entry)}`" for entry in (fitting or inside)[:5]) + (
        "…" if len(fitting or inside) > 5 else ""
    )
    if member is None:
        return WrongSettingsError(
            f"{where}: expected one file in the zip, found {len(inside):,}: {names}. Name the one to read in the feed's"
            " `archive_member` (a name, or a pattern such as `*.csv`)"
        )
    found = f"{len(fitting):,} fitting ones" if fitting else f"none like it among {len(inside):,}"
    return WrongSettingsError(
        f"{where}: expected one file named like `{member}` in the zip, found {found}: {names}. Correct the feed's"
        " `archive_member`"
    )


def _name(entry: zipfile.ZipInfo) -> str:
    """An entry's name as it can be shown: printable, and not longer than a line."""
    return "".join(sign if sign.isprintable() else "?" for sign in entry.orig_filename[:80])


def _fits(name: str, member: str) -> bool:
    return fnmatchcase(name.lower(), member.lower()) or fnmatchcase(name.rpartition("/")[2].lower(), member.lower())
