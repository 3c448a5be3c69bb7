"""What is this file? Encoding, columns, a proposed mapping, and how much of it would find a product."""

from __future__ import annotations

from prefect import flow

from blocks import SupplierFeed, load_source
from tasks.feeds import fetch_feed, inspect_file
from tasks.linking import measure_match_rate
from tasks.report import run_name, source_name
from tasks.run import working_on
from tasks.summaries import InspectSummary


@flow(name="inspect-feed", flow_run_name=run_name("inspect", "source"))
def inspect_feed(source: SupplierFeed | str) -> InspectSummary:
    """Look at a feed before it is used; nothing is written.

    Args:
        source: An address or a path, a supplier feed block, or the name of a saved one.

    """
    feed = load_source(source)
    summary = InspectSummary(dry_run=True)
    with working_on("inspect-feed", source_name(source), None, summary) as run:
        offers = inspect_file(run, feed, fetch_feed(run, feed))
        if offers:
            measure_match_rate(run, offers)
        return summary
