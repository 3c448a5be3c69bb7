"""What a supplier's server said about the file we have, so that next time it may answer "not changed" (304).

Such an answer counts as seen and never as evidence of absence: there is no other content.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from urllib.parse import urlsplit, urlunsplit

from blocks import SupplierFeed
from tasks.feeds.snapshots import Snapshot, settings_hash
from tasks.feeds.sources.address import is_web
from tasks.feeds.sources.download import Answer
from tasks.feeds.sources.fetch import Fetched
from tasks.state import StateDatabase

# a server that says "not changed" for ever, whatever its file holds, is believed so long
LONGEST_BELIEF = timedelta(hours=24)


def known(state: StateDatabase, feed: SupplierFeed, now: datetime) -> Answer | None:
    """Give the validators of the newest snapshot, None where the whole file has to come.

    That is: where the newest snapshot was not believed, was fetched from another address or read by other settings,
    or where its file last came whole a day ago.
    """
    if not (is_web(feed.source) and feed.fetching.ask_for_changes):
        return None
    values = {
        "integration_id": feed.integration_id,
        "part": feed.part.name,
        "source_hash": source_hash(feed),
        "settings_hash": settings_hash(feed),
        "whole_since": now - LONGEST_BELIEF,
    }
    with state.session(read_only=True) as session:
        rows = session.execute("feed_source_known", values)
    return Answer(etag=rows[0]["etag"], last_modified=rows[0]["last_modified"]) if rows else None


def remember(state: StateDatabase, feed: SupplierFeed, fetched: Fetched, snapshot: Snapshot, now: datetime) -> None:
    """Write down that the source was seen to hold a believed snapshot's content, and by what to ask for changes."""
    came = {
        "integration_id": feed.integration_id,
        "part": feed.part.name,
        "source_hash": source_hash(feed),
        "snapshot_id": snapshot.id,
        "etag": fetched.etag,
        "last_modified": fetched.last_modified,
        "whole_at": now,
    }
    with state.session() as session:
        session.execute("snapshot_seen", {"id": snapshot.id, "seen_at": now})
        if not fetched.not_modified:
            session.execute("feed_source_fetched", came)


def source_hash(feed: SupplierFeed) -> str:
    """Tell addresses apart without keeping one: no password, and `{token}` unfilled."""
    parts = urlsplit(feed.source)
    plain = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    asked = [plain, feed.username or "", feed.header_name or "", feed.fetching.archive_member or ""]
    return hashlib.sha256("\n".join(asked).encode()).hexdigest()[:16]
