"""Supplier feeds: fetched, read into offers and rejects, judged against the last good snapshot, looked into."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC
from typing import Any

from blocks import SupplierFeed
from tasks import archive
from tasks.errors import Quarantined, Refused, RexbitError, WrongSettingsError
from tasks.feeds import checking, snapshots, supplier
from tasks.feeds.gate import comparing, health, history
from tasks.feeds.inspecting.steps import inspect_file, refuse_wrong_wishes, replay_archived, save_block
from tasks.feeds.offers import parts
from tasks.feeds.offers.read import FeedRead, read_feed
from tasks.feeds.report import show_held, show_parts, show_rejects, show_verdict
from tasks.feeds.saying import FileSays, ItemAsked, OfferSaid, SupplierSays, says
from tasks.feeds.snapshots import Snapshot, believe
from tasks.feeds.sources import seen
from tasks.feeds.sources.fetch import Fetched, fetch
from tasks.report import alert, emit
from tasks.run import Run
from tasks.station import station
from tasks.summaries import CheckSummary, ImportSummary, LinkSummary

SHOWN_COLUMNS = 20

__all__ = [
    "FileSays",
    "ItemAsked",
    "OfferSaid",
    "Snapshot",
    "SupplierSays",
    "approved_snapshot",
    "believe",
    "check_feed",
    "fetch_changes",
    "fetch_feed",
    "inspect_file",
    "judge_snapshot",
    "last_good_snapshot",
    "may_import",
    "read_snapshot",
    "refuse_wrong_wishes",
    "remember_source",
    "remember_supplier",
    "replay_archived",
    "save_block",
    "says",
    "watched",
    "with_all_parts",
]


def may_import(run: Run[ImportSummary], feed: SupplierFeed) -> bool:
    """Whether a feed's offers may be applied; a switched-off one ends its run at once, and that is no fault.

    A dry run works without.
    """
    if feed.enabled or run.summary.dry_run:
        return True
    words = (
        f"The feed {run.title} is switched off (`Switched on` in its block). Nothing was done; its links keep what they"
        " hold. A dry run works without"
    )
    _warn(run, words)
    run.show("Switched off", None, words)
    run.count(status="switched_off")
    return False


def remember_supplier(run: Run[ImportSummary], feed: SupplierFeed) -> None:
    """Write down what syncs need of the feed's block (delivery, time zone), where it changed; a dry run doesn't.

    It holds whatever the file says, so also where that is unchanged, held back or can't be had.
    """
    if run.summary.dry_run:
        return
    if row := supplier.differing(run.state, feed, run.title):
        _write_supplier(run, row)


@station("remember supplier", io=True)
def _write_supplier(run: Run[ImportSummary], row: dict[str, Any]) -> None:
    run.check_lease()
    supplier.write(run.state, row, run.id)
    run.say("The supplier's delivery settings are new: from now on each sync counts by them")


@station("fetch feed", io=True)
def fetch_feed(run: Run[Any], feed: SupplierFeed | str) -> Fetched:
    """Fetch a feed's file (or what stands at an address), whole or not at all."""
    return _told(run, fetch(feed, run.folder))


@station("fetch feed", io=True)
def fetch_changes(run: Run[ImportSummary], feed: SupplierFeed) -> Fetched:
    """The same, unless the source says that its file is still the last believed one."""
    return _told(run, fetch(feed, run.folder, known=seen.known(run.state, feed, run.started_at)))


def _told(run: Run[Any], fetched: Fetched) -> Fetched:
    if fetched.not_modified:
        run.say("Not changed, says %s", fetched.source_shown)
    else:
        packed = f" (packed as {fetched.packed})" if fetched.packed else ""
        run.say("Fetched %s bytes from %s%s", f"{fetched.bytes:,}", fetched.source_shown, packed)
    return fetched


@station("remember source", io=True)
def remember_source(run: Run[ImportSummary], feed: SupplierFeed, fetched: Fetched, snapshot: Snapshot) -> None:
    """Write down that the source was seen to hold a believed snapshot, and by what to ask it for changes only."""
    if snapshot.archived:
        seen.remember(run.state, feed, fetched, snapshot, run.started_at)


@station("read feed")
def read_snapshot(run: Run[ImportSummary], feed: SupplierFeed, fetched: Fetched, *, keep: bool) -> Snapshot:
    """Read a fetched file into a snapshot, or find the archived one of the very same content; `keep` archives it."""
    settings = snapshots.settings_hash(feed)
    if fetched.not_modified:
        known = snapshots.last_good(run.state, feed.integration_id, feed.part.name)
    else:
        known = snapshots.same_content(run.state, feed.integration_id, fetched.sha256, settings, feed.part.name)
    if known:
        run.say("The same content as snapshot %s", known.id)
        _count(run, known)
        _tell_unchanged(run, known)
        return known
    try:
        read = read_feed(feed, fetched.path, run.folder)
    except Refused as refused:
        if isinstance(refused.summary, FeedRead):
            _count(run, _snapshot(feed, fetched, settings, refused.summary))
            refused.summary = None
        raise
    snapshot = _snapshot(feed, fetched, settings, read)
    _count(run, snapshot)
    if feed.part.name:
        snapshot = _after(run, snapshot, snapshots.newest(run.state, feed.integration_id, feed.part.name))
    return snapshots.keep(snapshot, fetched.path) if keep else snapshot


def _after(run: Run[Any], snapshot: Snapshot, before: Snapshot | None) -> Snapshot:
    """Lay a file with changes only over the newest one before it, believed or not: a change is told once.

    Of any part: the same content, read by other settings, was said when it came first.
    """
    if before and before.content_hash == snapshot.content_hash:
        snapshot = snapshot.model_copy(update={"first_met_at": before.said_at})
    if not snapshot.part.delta:
        return snapshot
    path = run.folder / "known_offers.parquet"
    return snapshot.model_copy(update={"offers": parts.laid_over(snapshot, before, path)})


def _snapshot(feed: SupplierFeed, fetched: Fetched, settings: str, read: FeedRead) -> Snapshot:
    at = fetched.fetched_at.replace(tzinfo=UTC)
    return Snapshot(
        id=snapshots.snapshot_id(feed.integration_id, at, fetched.sha256, settings, feed.part.name),
        integration_id=feed.integration_id,
        part=feed.part,
        contractor_id=feed.contractor_id,
        default_delivery_days=feed.default_delivery_days,
        content_hash=fetched.sha256,
        settings_hash=settings,
        fetched_at=at,
        offers=read.offers,
        rejects=read.rejects,
        rows_read=read.rows_read,
        rows_rejected=read.rows_rejected,
        rows_summed=read.rows_summed,
        rejected_by_reason=read.rejected_by_reason,
        columns=read.columns,
    )


def _tell_unchanged(run: Run[ImportSummary], known: Snapshot) -> None:
    """The supplier answers, but has had nothing new for longer than is usual: no fault of ours, and no evidence."""
    age = run.started_at - known.fetched_at
    if known.is_good and age > history.stale_after(
        history.steps(run.state, run.integration_id, run.started_at, known.part.name)
    ):
        since = f"{known.fetched_at:%Y-%m-%d %H:%M} UTC"
        _warn(run, f"The file has not changed since {since}, longer than usual; ask the supplier if it should")


def _warn(run: Run[Any], words: str) -> None:
    run.warn(words)
    if isinstance(run.summary, ImportSummary):
        run.summary.warnings.append(words)


def _count(run: Run[ImportSummary], snapshot: Snapshot) -> None:
    run.count(snapshot_id=snapshot.id, rows_read=snapshot.rows_read, rows_rejected=snapshot.rows_rejected)
    no_offer = snapshot.rows_rejected + snapshot.rows_summed
    run.count(rejected_by_reason=snapshot.rejected_by_reason, offers=snapshot.rows_read - no_offer)
    run.count(rows_summed=snapshot.rows_summed)
    run.say("Read %s records, %s rejected", f"{snapshot.rows_read:,}", f"{snapshot.rows_rejected:,}")
    show_rejects(run, snapshot.rejects)


@station("judge snapshot", io=True)
def judge_snapshot(run: Run[ImportSummary], feed: SupplierFeed, snapshot: Snapshot) -> Snapshot:
    """Compare a snapshot with what was good before; raises Quarantined where a person has to look."""
    if snapshot.is_good:
        return snapshot
    last = snapshots.last_good(run.state, feed.integration_id, feed.part.name)
    last = last or snapshots.predecessor(run.state, feed)
    snapshot = comparing.judge(run.state, feed, snapshot, last, run.folder, run.started_at)
    if columns := comparing.new_columns(snapshot, last):
        _warn(run, f"New columns in the feed: {', '.join(f'`{name}`' for name in columns[:SHOWN_COLUMNS])}")
    verdict = snapshot.judged
    if verdict is None:
        raise LookupError(f"{snapshot.id} was judged without a verdict")
    run.say("Gate: %s; %s", verdict.status, verdict.reason)
    show_verdict(run, verdict)
    if verdict.status in {"warned", "waiting"}:
        _warn(run, verdict.reason)
    if verdict.stops:
        kept = snapshot.archived and not run.summary.dry_run
        show_held(run, verdict, feed.absence, snapshot.id if kept else None)
        if kept:
            with run.state.session() as session:
                snapshots.record(session, snapshot, run.id, run.started_at)
    if verdict.status == "waiting":
        run.count(status="waiting")
    if verdict.status == "quarantined":
        raise Quarantined(
            f"Snapshot {snapshot.id} is held back: {verdict.reason}. Nothing was changed. {_way_out(snapshot)}"
        )
    return snapshot


@contextmanager
def watched(run: Run[ImportSummary], feed: SupplierFeed, *, on: bool) -> Iterator[None]:
    """Keep how the feed is doing, and tell a person once when it is held back, stale, or well again.

    `on`: False for a trial (a dry run, a limit), which says nothing about the feed. One that is switched off is not
    watched either.
    """
    on, news = on and feed.enabled, []
    try:
        yield
    except RexbitError as error:
        held = run.summary.snapshot_id if isinstance(error, Quarantined) else None
        if on:
            news = health.failed(run.state, run.integration_id, run.started_at, held, feed.part.name)
        raise
    else:
        if on and run.summary.status == "waiting":  # the file was read but not believed yet
            news = health.failed(run.state, run.integration_id, run.started_at, None, feed.part.name)
        elif on:
            news = health.confirmed(run.state, run.integration_id, run.started_at, feed.part.name)
            _tell_of_changes(run)
    finally:
        for one in news:
            run.warn(f"Feed {run.title}: {one.words}")
            alert(f"rexbit.feed.{one.kind}", run.integration_id, run.title, one.words)


def _tell_of_changes(run: Run[ImportSummary]) -> None:
    """Let an automation know that a sync has something to do; the one that listens is off unless switched on."""
    summary = run.summary
    changed = {"created": summary.created, "updated": summary.updated, "sold_out": summary.sold_out}
    if any(changed.values()):
        emit("rexbit.feed.imported", run.integration_id, run.title, changed)


def _way_out(snapshot: Snapshot) -> str:
    if not snapshot.archived:  # a dry run, or one with a limit, keeps nothing that could be approved
        return (
            "Look at the feed; if it is right, start the import without dry_run and limit, then approve that snapshot."
        )
    return (
        f"Look at the feed; if it is right, run the import again with approve = {snapshot.id}"
        f" (within {snapshots.APPROVAL_HOURS} hours)."
    )


@station("approve snapshot", io=True)
def approved_snapshot(run: Run[ImportSummary], feed: SupplierFeed, wanted: str) -> Snapshot:
    """The archived snapshot that a person believes, in place of a fetched one."""
    snapshot = snapshots.to_approve(run.state, run.integration_id, wanted, run.started_at, feed.part.name)
    _count(run, snapshot)
    return snapshot


@station("find last good snapshot", io=True)
def last_good_snapshot(run: Run[LinkSummary], feed: SupplierFeed) -> Snapshot:
    """What the supplier's links came from; raises WrongSettingsError before the first import."""
    snapshot = snapshots.last_good(run.state, run.integration_id, feed.part.name)
    if snapshot is None:
        raise WrongSettingsError(
            f"Expected an imported feed of integration {run.integration_id}, found none. Run import-feed first."
        )
    return snapshot


def with_all_parts(run: Run[Any], snapshot: Snapshot, *, keep: bool = False) -> Snapshot:
    """The snapshot with the offers of all the supplier's files; as it is, where it is the only one.

    `keep`: the offers of a snapshot that is applied for the first time go into the archive beside it.
    """
    if snapshot.part.name:
        return _put_together(run, snapshot, keep=keep)
    return snapshot.model_copy(update={"counts_absence": snapshot.part.decides_absence is not False})


@station("put parts together", io=True)
def _put_together(run: Run[Any], snapshot: Snapshot, *, keep: bool) -> Snapshot:
    others = snapshots.good_parts(run.state, snapshot.integration_id, snapshot.part.name)
    parts.refuse_replaced(snapshot, others)
    every = parts.in_force([*others, snapshot])
    merged = parts.merged(every, run.folder / snapshots.MERGED, current=snapshot.part.name)
    if keep and snapshot.archived and not snapshot.is_good:
        archive.add(snapshot.offers.parent, snapshots.MERGED, merged.offers)
    show_parts(run, every, merged)
    deciding = parts.deciding(every)
    only_file_at = snapshots.only_file_seen_at(run.state, snapshot.integration_id)
    for words in parts.warnings(every, merged, deciding, only_file_at, run.started_at):
        _warn(run, words)
    decides = [one.part.name for one in deciding] == [snapshot.part.name]
    return snapshot.model_copy(update={"offers": merged.offers, "counts_absence": decides})


@station("check feed")
def check_feed(run: Run[CheckSummary], feed: SupplierFeed) -> None:
    """Fetch and read the feed as an import would, and say how far that went."""
    checks, read = checking.check(feed, run.folder)
    if read:
        show_rejects(run, read.rejects)
    run.summary.checks += checks
