"""One file out of a place that holds files (folder, FTP, SFTP, object storage): chosen, settled, read, compared."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from posixpath import basename
from typing import NamedTuple, Protocol

from tasks.errors import Refused, UnreachableError, WrongSettingsError
from tasks.feeds.sources.sink import Sink

MOST_ENTRIES = 100_000
EXAMPLES = 3


class Entry(NamedTuple):
    """A file: its path there, its size, and when it changed (seconds since 1970, by the clock of the place).

    None: the place doesn't say.
    """

    path: str
    bytes: int | None
    modified: float | None

    @property
    def name(self) -> str:
        """The last part of the path."""
        return basename(self.path)


class Store(Protocol):
    """A place that holds files; each raises our errors in words of its own."""

    def look(self, path: str) -> Entry:
        """One file as it is now; raises WrongSettingsError where there is none, or a folder."""

    def entries(self, folder: str) -> Iterable[Entry]:
        """The files right in a folder; raises WrongSettingsError where there is no such folder."""

    def read(self, path: str) -> Iterator[bytes]:
        """The file in blocks."""


def take(store: Store, sink: Sink, path: str, pattern: str | None) -> None:
    """Write one file into the sink; with a pattern the newest one of the folder `path` whose name fits.

    Raises UnreachableError for a file that is still being written, Refused where fewer or more bytes came than the
    place says the file has.
    """
    if pattern:
        chosen = _newest(store.entries(path), pattern, sink.source_shown)
        sink.source_shown = f"{sink.source_shown.rstrip('/')}/{chosen.name}"
        # a listing may be coarser (minutes, no size) than what the place says of one file
        before = store.look(chosen.path)
    else:
        before = store.look(path)
    sink.check_announced(before.bytes)
    _settle(store, before, sink)
    for block in store.read(before.path):
        sink.write(block)
    after = store.look(before.path)
    if _changed(before, after):
        raise _growing(sink, before, after)
    if after.bytes is not None and sink.bytes != after.bytes:
        raise Refused(
            f"{sink.source_shown}: expected {after.bytes:,} bytes (its size there), got {sink.bytes:,}: the file is cut"
        )


def _newest(entries: Iterable[Entry], pattern: str, where: str) -> Entry:
    """Choose by time, then by name: names mostly carry a date. Hidden files are temporary ones."""
    seen: list[str] = []
    best: Entry | None = None
    for number, entry in enumerate(entries):
        if number >= MOST_ENTRIES:
            raise Refused(f"{where}: expected a folder of at most {MOST_ENTRIES:,} files, got more. Name a smaller one")
        if entry.name.startswith(".") or not fnmatchcase(entry.name.lower(), pattern.lower()):
            seen.append(entry.name) if len(seen) < EXAMPLES else None
        elif best is None or _age(entry) > _age(best):
            best = entry
    if best is None:
        found = f"only others, for example {', '.join(f'`{name}`' for name in seen)}" if seen else "no file at all"
        raise WrongSettingsError(
            f"{where}: expected a file named like `{pattern}` in this folder, found {found}."
            " Correct the feed's file name pattern or its source"
        )
    return best


def _age(entry: Entry) -> tuple[float, str]:
    return (entry.modified or 0, entry.name)


def _settle(store: Store, before: Entry, sink: Sink) -> None:
    """Look twice at a file that changed a moment ago: it may still be growing."""
    seconds = sink.limits.settle_seconds
    if before.modified is None or time.time() - before.modified >= seconds:
        return
    # a clock ahead of ours must not make us wait longer than that
    time.sleep(max(0.0, min(seconds, before.modified + seconds - time.time())))
    now = store.look(before.path)
    if _changed(before, now):
        raise _growing(sink, before, now)


def _changed(before: Entry, after: Entry) -> bool:
    return (before.bytes, before.modified) != (after.bytes, after.modified)


def _growing(sink: Sink, before: Entry, after: Entry) -> UnreachableError:
    grew = (
        f" ({before.bytes:,} bytes, then {after.bytes:,})"
        if before.bytes is not None and after.bytes is not None and before.bytes != after.bytes
        else ""
    )
    return UnreachableError(
        f"{sink.source_shown} changed while it was read{grew}: it is still being written. Try again later"
    )
