"""A supplier's feed into the supplier's links: fetch, read, believe or not, match, write what changed."""

from __future__ import annotations

from prefect import flow

from blocks import SupplierFeed, load_feed
from tasks.feeds import (
    approved_snapshot,
    fetch_changes,
    judge_snapshot,
    may_import,
    read_snapshot,
    remember_source,
    remember_supplier,
    watched,
    with_all_parts,
)
from tasks.linking import begin_reading_known, link_offers, write_links
from tasks.report import block_name, run_name
from tasks.run import working_on
from tasks.summaries import ImportSummary


@flow(name="import-feed", flow_run_name=run_name("import", "feed"))
def import_feed(
    feed: SupplierFeed | str, limit: int | None = None, dry_run: bool = False, approve: str | None = None
) -> ImportSummary:
    """Import a supplier's feed.

    Args:
        feed: A supplier feed block, or the name of a saved one.
        limit: Apply only the first n offers of the file (all of it is still read and judged).
        dry_run: Show what would change, write nothing.
        approve: The id of a quarantined snapshot that you have looked at and believe.

    """
    supplier = load_feed(feed)
    summary = ImportSummary(dry_run=dry_run, limit=limit)
    whole = not dry_run and limit is None
    with (
        working_on("import-feed", block_name(feed), supplier.integration_id, summary) as run,
        watched(run, supplier, on=whole),
    ):
        if not may_import(run, supplier):
            return summary
        remember_supplier(run, supplier)
        fetched = None if approve else fetch_changes(run, supplier)
        known = begin_reading_known(run, supplier)
        if fetched is None:
            snapshot = approved_snapshot(run, supplier, str(approve))
        else:
            snapshot = read_snapshot(run, supplier, fetched, keep=whole)
            snapshot = judge_snapshot(run, supplier, snapshot)
            if snapshot.is_waiting:
                return summary
        offers = with_all_parts(run, snapshot, keep=whole)
        plan = link_offers(run, supplier, offers, known, limit)
        if not dry_run:
            write_links(run, plan, snapshot)
            if fetched and whole:
                remember_source(run, supplier, fetched, snapshot)
        return summary
