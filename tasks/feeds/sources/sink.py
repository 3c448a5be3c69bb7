"""Where a source's bytes go, and how much of a source is taken."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from typing import BinaryIO

from blocks import SupplierFeed
from tasks.errors import Refused, UnreachableError

MEGABYTE = 1 << 20


@dataclass(frozen=True)
class Limits:
    """How much of a source is taken: bytes (packed and unpacked), and seconds.

    `total_seconds`: for all of it; `connect_seconds`: until the other side is there; `read_seconds`: between two reads;
    `settle_seconds`: so long a file must not have changed. `max_ratio`: unpacked to packed, above the first 16 MB.
    """

    max_bytes: int = 2 << 30
    total_seconds: float = 900
    connect_seconds: float = 20
    read_seconds: float = 60
    settle_seconds: float = 2
    max_ratio: int = 250


def limits_of(feed: SupplierFeed) -> Limits:
    """Give the limits that a feed's block sets."""
    asked = feed.fetching
    return Limits(
        max_bytes=asked.max_megabytes * MEGABYTE,
        total_seconds=asked.max_seconds,
        connect_seconds=min(Limits.connect_seconds, asked.answer_seconds),
        read_seconds=min(asked.answer_seconds, asked.max_seconds),
        settle_seconds=asked.settle_seconds,
    )


class Sink:
    """Where the bytes go: a file, a hash, and a stop at the limits of size and time."""

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
                " Ask the supplier for a smaller file, or raise the feed's largest size"
            )
        self.check_time()
        self.hash.update(block)
        self.file.write(block)

    def check_time(self) -> None:
        """Raise UnreachableError above the time limit."""
        if time.monotonic() > self.deadline:
            raise UnreachableError(
                f"{self.source_shown}: expected the whole file within {self.limits.total_seconds:g} s,"
                f" got {self.bytes:,} bytes until then"
            )

    def check_announced(self, announced: int | None) -> None:
        """Raise Refused for a size above the limit, before the first byte is taken; None: not announced."""
        if announced is not None and announced > self.limits.max_bytes:
            raise Refused(
                f"{self.source_shown}: expected at most {self.limits.max_bytes:,} bytes, the source announces"
                f" {announced:,}. Ask the supplier for a smaller file, or raise the feed's largest size"
            )
