"""Fetch a feed's file from its source, whole or not at all."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from pydantic import BaseModel

from blocks import SupplierFeed
from tasks.errors import Refused, UnreachableError, WrongSettingsError
from tasks.feeds import download
from tasks.feeds.address import is_web, shown

BLOCK = 1 << 20


@dataclass(frozen=True)
class Limits:
    """How much of a source is taken: bytes, and seconds for all of it, for connecting, between two reads."""

    max_bytes: int = 2 << 30
    total_seconds: float = 900
    connect_seconds: float = 20
    read_seconds: float = 60


class Fetched(BaseModel):
    """One fetched version of a feed; `fetched_at` is naive UTC, `source_shown` holds no secret."""

    path: Path
    bytes: int
    sha256: str
    source_shown: str
    fetched_at: datetime
    content_type: str | None = None


class Sink:
    """Where the bytes go: a file, a hash, and a stop at the size limit."""

    def __init__(self, file: BinaryIO, limits: Limits, source_shown: str) -> None:
        self.file, self.limits, self.source_shown = file, limits, source_shown
        self.bytes = 0
        self.hash = hashlib.sha256()
        self.deadline = time.monotonic() + limits.total_seconds

    def write(self, block: bytes) -> None:
        """Take a block; raises Refused above the size limit, UnreachableError above the time limit."""
        self.bytes += len(block)
        if self.bytes > self.limits.max_bytes:
            raise Refused(
                f"{self.source_shown}: expected at most {self.limits.max_bytes:,} bytes, got more."
                " Ask the supplier for a smaller file"
            )
        if time.monotonic() > self.deadline:
            raise UnreachableError(
                f"{self.source_shown}: expected the whole file within {self.limits.total_seconds:g} s,"
                f" got {self.bytes:,} bytes until then"
            )
        self.hash.update(block)
        self.file.write(block)


def fetch(feed: SupplierFeed | str, folder: Path, limits: Limits | None = None) -> Fetched:
    """Bring the feed's file to `folder/raw`; a bare source (path or http address) needs no credentials.

    Raises WrongSettingsError (no such file, 401, 403, 404), UnreachableError (no answer, 5xx, time-out: may
    heal), Refused (body shorter or longer than announced, too large, redirect to an unsafe place).
    """
    limits = limits or Limits()
    block = None if isinstance(feed, str) else feed
    source = feed if isinstance(feed, str) else feed.source
    path = folder / "raw"
    part = path.with_suffix(".part")
    started = datetime.now(UTC).replace(tzinfo=None)
    with part.open("wb") as file:
        sink = Sink(file, limits, shown(source))
        content_type = None
        if is_web(source):
            content_type = download.into(sink, source, block, limits)
        else:
            _copy(sink, source)
    part.rename(path)
    return Fetched(
        path=path,
        bytes=sink.bytes,
        sha256=sink.hash.hexdigest(),
        source_shown=sink.source_shown,
        fetched_at=started,
        content_type=content_type,
    )


def _copy(sink: Sink, source: str) -> None:
    path = Path(source.removeprefix("file://")).expanduser().absolute()
    if path.is_dir():
        raise WrongSettingsError(f"source: expected a file, got the folder {path}. Name the file in it")
    if not path.is_file():
        raise WrongSettingsError(f"source: expected a file, but {path} does not exist. Correct the feed's source")
    before = path.stat()
    try:
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                sink.write(block)
    except PermissionError:
        raise WrongSettingsError(
            f"source: {path} exists, but this program may not read it. Give it the right"
        ) from None
    after = path.stat()
    if (before.st_size, before.st_mtime_ns) != (
        after.st_size,
        after.st_mtime_ns,
    ) or sink.bytes != after.st_size:
        raise UnreachableError(f"{path} changed while it was read: it is still being written. Try again later")
