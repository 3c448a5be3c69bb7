"""What `check_integration` finds out about a feed: its source, how it is guarded, whether it can be read."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from blocks import SupplierFeed
from tasks.errors import RexbitError, UnreachableError, WrongSettingsError
from tasks.feeds.checking_delivery import check_delivery
from tasks.feeds.offers.read import FeedRead, read_feed
from tasks.feeds.sources.address import is_web, scheme_of, secrets_of
from tasks.feeds.sources.fetch import Fetched, fetch
from tasks.summaries import Check

OPEN = {"http": "https", "ftp": "ftps or sftp"}


def check(feed: SupplierFeed, folder: Path) -> tuple[list[Check], FeedRead | None]:
    """Fetch and read the feed as an import would; None where that did not come to an end."""
    source = Check(name="source", ok=False, expected="a file that can be fetched", found="")
    content = Check(name="content", ok=None, expected="a file that the block's settings read", found="not looked at")
    today = datetime.now(UTC).astimezone(feed.zone).date()
    checks = [source, content, *_encryption(feed), *_switched_off(feed), *check_delivery(feed, today)]
    try:
        fetched = fetch(feed, folder)
        packed = f", packed as {fetched.packed}" if fetched.packed else ""
        source.ok, source.found = True, f"{fetched.bytes:,} bytes from {fetched.source_shown}{packed}"
        checks += _changes(feed, fetched)
        read = read_feed(feed, fetched.path, folder)
    except RexbitError as error:
        failing = content if source.ok else source
        failing.ok, failing.found, failing.fix = False, str(error), _fix(error)
        return checks, None
    content.ok = True
    content.found = (
        f"{read.format}, {read.encoding}: {read.offers_count:,} offers, {read.rows_rejected:,} rows rejected"
    )
    return checks, read


def _fix(error: RexbitError) -> str:
    if isinstance(error, UnreachableError):
        return "Try again in a while; if it stays so, ask the supplier, and whether they allow this machine's address."
    if isinstance(error, WrongSettingsError):
        return "Correct the feed's block."
    return "Ask the supplier, or correct the feed's block."


def _encryption(feed: SupplierFeed) -> list[Check]:
    """A login over a plain connection works, and can be read by whoever stands on the way."""
    better = OPEN.get(scheme_of(feed.source))
    if not better or not secrets_of(feed):
        return []
    found = f"{scheme_of(feed.source)}: the login can be read on the way"
    return [Check(name="encryption", ok=None, expected=better, found=found, fix=f"Ask the supplier for {better}.")]


def _switched_off(feed: SupplierFeed) -> list[Check]:
    if feed.enabled:
        return []
    found, fix = "off: imports do nothing", "Turn `Switched on` on in the feed's block when its offers may be applied."
    return [Check(name="switched on", ok=None, expected="imports switched on", found=found, fix=fix)]


def _changes(feed: SupplierFeed, fetched: Fetched) -> list[Check]:
    if not is_web(feed.source) or not feed.fetching.ask_for_changes:
        return []
    by = " and ".join(
        name for name, value in (("ETag", fetched.etag), ("Last-Modified", fetched.last_modified)) if value
    )
    return [
        Check(
            name="changes only",
            ok=True if by else None,
            expected="an ETag or a Last-Modified, so that an unchanged file need not be sent again",
            found=by or "neither (or a file of this minute): each import fetches the whole file",
        )
    ]
