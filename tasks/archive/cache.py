"""This machine's copies of entries that stand in object storage: never the only ones, and not more than fit.

A copy's time of change is its object's version, so that both change in one step. Other processes of the same home
use the same files: a file is put in place whole, and none goes that was used lately.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tasks.archive.address import Address
from tasks.archive.remote import Stored
from tasks.errors import WrongSettingsError
from tasks.home import home

LIMIT = "REXBIT_ARCHIVE_CACHE_MB"
USUAL_MB = 5_000
IN_USE = 3 * 3600.0  # seconds: no run takes that long, so none reads what was asked for earlier
IDLE = 30 * 86_400.0
LOOK_EVERY = 600.0
PARTS = ".parts"  # what is being written


class Cached(NamedTuple):
    """An entry's copies: when they were used last, and their bytes."""

    used_at: float
    place: Path
    size: int


class Cache:
    """Copies of one address's entries; `key` is `kind/integration/name`."""

    def __init__(self, address: Address) -> None:
        self._all = home() / "cache" / "archive"
        self._most = _limit()
        self._root = self._all / hashlib.sha256(address.shown.encode()).hexdigest()[:16]

    def place(self, key: str) -> Path:
        """The folder of an entry's copies, whether it is there or not."""
        return self._root / key

    def key(self, place: Path) -> str:
        """The entry whose copies lie in a folder."""
        return place.relative_to(self._root).as_posix()

    def use(self, place: Path) -> None:
        """Make an entry's folder, and note that it is used now: for hours nothing of it goes."""
        with self._locked(fcntl.LOCK_SH):
            place.mkdir(parents=True, exist_ok=True)
            os.utime(place)

    def holds(self, place: Path, file: str, stored: Stored) -> bool:
        """Whether the copy of a file is the version that is stored."""
        try:
            found = (place / file).stat()
        except FileNotFoundError:
            return False
        return (found.st_size, found.st_mtime_ns // 1000) == stored

    def take(self, part: Path, place: Path, file: str, stored: Stored) -> None:
        """Put a copy into an entry's folder, in place of an older version."""
        os.utime(part, ns=(stored.version * 1000, stored.version * 1000))
        part.replace(place / file)

    @contextmanager
    def parts(self) -> Iterator[Path]:
        """A folder for what is being written, on the same disk."""
        (self._all / PARTS).mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self._all / PARTS, ignore_cleanup_errors=True) as folder:
            yield Path(folder)

    def forget(self, place: Path) -> None:
        """Remove an entry's copies."""
        shutil.rmtree(place, ignore_errors=True)

    def prune(self) -> None:
        """Every ten minutes: copies go that were not used for a month, then the longest unused until all fit."""
        stamp = self._all / "looked"
        try:
            if time.time() - stamp.stat().st_mtime < LOOK_EVERY:
                return
        except FileNotFoundError:
            pass
        stamp.touch()
        self._prune(time.time())

    def _prune(self, now: float) -> None:
        found = sorted(_cached(self._all))
        total = sum(one.size for one in found)
        for one in found:
            if now - one.used_at > IDLE or (total > self._most and now - one.used_at > IN_USE):
                total -= one.size
                self._drop(one, now)
        for part in (self._all / PARTS).glob("*"):
            if now - part.stat().st_mtime > IN_USE:  # of a process that was killed
                shutil.rmtree(part, ignore_errors=True)

    def _drop(self, one: Cached, now: float) -> None:
        with self.parts() as folder, self._locked(fcntl.LOCK_EX):
            if one.place.exists() and now - one.place.stat().st_mtime > IN_USE:
                one.place.rename(folder / "gone")

    @contextmanager
    def _locked(self, how: int) -> Iterator[None]:
        self._all.mkdir(parents=True, exist_ok=True)
        with (self._all / "lock").open("w") as file:
            fcntl.flock(file, how)
            yield


def _cached(folder: Path) -> Iterator[Cached]:
    """All entries of all addresses."""
    for place in folder.glob("*/*/*/*"):
        if place.relative_to(folder).parts[0] != PARTS:
            try:
                sizes = [file.stat().st_size for file in place.iterdir()]
                yield Cached(place.stat().st_mtime, place, sum(sizes))
            except FileNotFoundError:  # another process prunes, too
                continue


def _limit() -> int:
    """The most bytes of copies."""
    named = os.environ.get(LIMIT) or str(USUAL_MB)
    if not named.isdecimal():
        raise WrongSettingsError(f"{LIMIT}: expected a whole number of megabytes, got `{named}`")
    return int(named) * 1_000_000
