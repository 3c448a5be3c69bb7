"""What is this file? Encoding, columns, a proposed block, and how much of it would find a product."""

from __future__ import annotations

from prefect import flow

from blocks import PrestashopDatabase, SupplierFeed, load_source
from flows.import_catalog import import_catalog
from tasks.feeds import fetch_feed, inspect_file, replay_archived, save_block
from tasks.linking import knows_products, measure_match_rate
from tasks.report import run_name, source_name
from tasks.run import working_on
from tasks.summaries import InspectSummary


@flow(name="inspect-feed", flow_run_name=run_name("inspect", "source"))
def inspect_feed(
    source: SupplierFeed | str,
    shop: PrestashopDatabase | str | None = None,
    integration_id: int | None = None,
    save_as: str | None = None,
    replay: int = 0,
) -> InspectSummary:
    """Look at a feed before it is used; nothing is written, unless you ask for a block.

    Args:
        source: An address or a path, a supplier feed block, or the name of a saved one.
        shop: Your shop; its catalogue is imported first where no product is known yet, so that items can match.
        integration_id: Your own number of this supplier, for the block.
        save_as: Save the proposed block under this name, switched off.
        replay: Read so many archived files by the given block, and show what would be different.

    """
    feed = load_source(source)
    summary = InspectSummary(dry_run=True)
    with working_on("inspect-feed", source_name(source), None, summary) as run:
        if shop and not knows_products(run):
            import_catalog(shop)
        offers, proposed = inspect_file(run, feed, fetch_feed(run, feed), integration_id)
        if offers:
            measure_match_rate(run, offers)
        if replay and isinstance(feed, SupplierFeed):
            replay_archived(run, feed, replay)
        if save_as:
            save_block(run, proposed, save_as, integration_id)
        return summary
