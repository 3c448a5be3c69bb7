"""What is this file? Encoding, columns, a proposed block, and how much of it would find a product."""

from __future__ import annotations

from prefect import flow

from blocks import ShopBlock, SupplierFeed, load_shop, load_source
from flows.import_catalog import import_catalog
from tasks.feeds import (
    fetch_feed,
    inspect_file,
    refuse_wrong_wishes,
    replay_archived,
    save_block,
    with_all_parts,
)
from tasks.linking import knows_products_of, measure_match_rate, show_link_plan
from tasks.report import run_name, source_name
from tasks.run import working_on
from tasks.summaries import InspectSummary


@flow(name="inspect-feed", flow_run_name=run_name("inspect", "source"))
def inspect_feed(
    source: SupplierFeed | str,
    shop: ShopBlock | str | None = None,
    integration_id: int | None = None,
    contractor_id: int | None = None,
    save_as: str | None = None,
    replay: int = 0,
) -> InspectSummary:
    """Look at a feed before it is used; written are only a catalogue that is not known yet, and a block you ask for.

    Args:
        source: An address or a path, a supplier feed block, or the name of a saved one.
        shop: Your shop; its catalogue is imported first where none of its products is known, so that items can match.
        integration_id: Your own number of this supplier, for the block.
        contractor_id: The supplier's number among your contractors, for the block.
        save_as: Save the proposed block under this new name, switched off.
        replay: Read so many archived files by the given block, and show what would be different.

    """
    feed = load_source(source)
    summary = InspectSummary(dry_run=True)
    with working_on("inspect-feed", source_name(source), None, summary) as run:
        numbers = {"integration_id": integration_id, "contractor_id": contractor_id}
        refuse_wrong_wishes(feed, numbers, save_as, replay)
        if shop and not knows_products_of(run, load_shop(shop)):
            run.count(catalogue_items=import_catalog(shop).products_read, dry_run=False)
        offers, proposed = inspect_file(run, feed, fetch_feed(run, feed), integration_id, contractor_id)
        if offers and proposed:
            measure_match_rate(run, proposed, offers)
        if replay and isinstance(feed, SupplierFeed):
            newest = replay_archived(run, feed, replay)
            if newest:
                show_link_plan(run, feed, with_all_parts(run, newest))
        if save_as:
            save_block(run, proposed, save_as)
        return summary
