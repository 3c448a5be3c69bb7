"""Fetch a feed's file from its source, whole or not at all, and unpacked."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel

from blocks import SupplierFeed
from tasks.errors import WrongSettingsError
from tasks.feeds.sources import download, files, unpack
from tasks.feeds.sources.address import is_web, scheme_of, shown
from tasks.feeds.sources.download import Answer
from tasks.feeds.sources.sink import Limits, Sink, limits_of

__all__ = ["Fetched", "Limits", "fetch"]


class Fetched(BaseModel):
    """One fetched version of a feed; `fetched_at` is naive UTC, `source_shown` holds no secret.

    `bytes` and `sha256` are those of the unpacked file: a packed one differs each time it is packed. `packed`: what it
    came in (`gzip`, `zip: stock.csv`). `not_modified`: there is no file, the source says that it is the known one.
    """

    path: Path
    bytes: int
    sha256: str
    source_shown: str
    fetched_at: datetime
    content_type: str | None = None
    packed: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    not_modified: bool = False


def fetch(feed: SupplierFeed | str, folder: Path, limits: Limits | None = None, known: Answer | None = None) -> Fetched:
    """Bring the feed's file to `folder/raw`; a bare source (path or address) needs no credentials.

    Raises WrongSettingsError (no such file, login refused, 401, 403, 404, an untrusted host), UnreachableError (no
    answer, 5xx, time-out, still being written: may heal), Refused (body shorter or longer than announced, too large,
    redirect to an unsafe place, an archive that can't be trusted).
    """
    block = None if isinstance(feed, str) else feed
    limits = limits or (limits_of(block) if block else Limits())
    source = feed if isinstance(feed, str) else feed.source
    path = folder / "raw"
    part = path.with_suffix(".part")
    started = datetime.now(UTC).replace(tzinfo=None)
    try:
        with part.open("wb") as file:
            sink = Sink(file, limits, shown(source))
            answer = _bring(sink, source, block, limits, known)
        taken = unpack.Unpacked(part, sink.bytes, sink.hash.hexdigest(), None)
        if not answer.not_modified:
            member = block.fetching.archive_member if block else None
            taken = unpack.unpacked(taken, limits, sink.source_shown, member)
            taken.path.rename(path)
    finally:
        for left in (part, *unpack.left_over(part)):
            left.unlink(missing_ok=True)
    return Fetched(
        path=path,
        bytes=taken.bytes,
        sha256=taken.sha256,
        source_shown=sink.source_shown,
        fetched_at=started,
        content_type=answer.content_type,
        packed=taken.packed,
        etag=answer.etag,
        last_modified=answer.last_modified,
        not_modified=answer.not_modified,
    )


def _bring(sink: Sink, source: str, feed: SupplierFeed | None, limits: Limits, known: Answer | None) -> Answer:
    scheme = scheme_of(source)
    pattern = feed.fetching.file_pattern if feed else None
    if is_web(source):
        if pattern:
            raise WrongSettingsError("file_pattern: a web address names one file, not a folder. Empty the pattern")
        return download.into(sink, source, feed, limits, known)
    if scheme == "file":
        files.into(sink, source, pattern)
    elif scheme in {"ftp", "ftps"}:
        from tasks.feeds.sources import ftp  # not needed by most feeds

        ftp.into(sink, source, feed, limits, encrypted=scheme == "ftps")
    elif scheme == "sftp":
        from tasks.feeds.sources import sftp  # its library takes a moment to load

        sftp.into(sink, source, feed, limits)
    else:
        from tasks.feeds.sources import storage  # not needed by most feeds

        storage.into(sink, source, feed, limits)
    return Answer()
