"""From links to the shop: decide what may be ordered, compare, write only what changed, read it back, record it.

What would switch too many products is held back until a person approves it.
"""

from __future__ import annotations

from typing import Literal

from prefect import flow

from blocks import ShopBlock, load_shop
from tasks.availability import (
    approved_changes,
    begin_reading_known,
    decide_availability,
    find_changes,
    first_to_read,
    keep_outcomes,
    pass_gate,
    plan_changes,
    record_drift,
    watched,
)
from tasks.linking import begin_reading_links, join_new_items
from tasks.prestashop import (
    asked_by,
    begin_reading_rows,
    claim_rows,
    look_at_shop,
    read_all_rows,
    read_rows_of,
    told_afterwards,
    write_changes,
)
from tasks.report import block_name, run_name
from tasks.run import Run, working_on
from tasks.summaries import SyncSummary


@flow(name="sync-availability", flow_run_name=run_name("sync", "shop"))
def sync_availability(
    shop: ShopBlock | str,
    contractor: int | None = None,
    limit: int | None = None,
    dry_run: bool = False,
    compare: Literal["state", "shop"] = "state",
    approve: str | None = None,
) -> SyncSummary:
    """Bring a shop's availability and delivery texts up to date.

    Args:
        shop: A PrestaShop database block, or the name of a saved one.
        contractor: Look only at products of this contractor (all suppliers still decide).
        limit: Write only the first n changed products, by their number.
        dry_run: Show what would change, write nothing.
        compare: `state` compares with what we wrote last; `shop` with the shop itself, which also finds what others
            changed there.
        approve: The id of a change set that was held back, that you have looked at and believe: applied as planned.

    """
    block = load_shop(shop)
    summary = SyncSummary(dry_run=dry_run, limit=limit, contractor=contractor)
    with (
        working_on("sync-availability", block_name(shop), block.integration_id, summary) as run,
        watched(run),
        told_afterwards(run, block),
    ):
        if approve:
            _apply_approved(run, block, approve)
            return summary
        links_known, known = begin_reading_links(run), begin_reading_known(run, block)
        look = look_at_shop(run, block, to_write=not dry_run, asked=asked_by(block.policy))
        claim_rows(run, block, look.info)
        links = join_new_items(run, block, look.catalogue, links_known)
        with_shop = compare == "shop" or not block.sync_only_changed
        first = None if with_shop or contractor else first_to_read(run, links, known)
        begun = begin_reading_rows(run, block, first)
        wanted = decide_availability(run, block, look, links, known, contractor)
        held = read_all_rows(run, block) if with_shop else known.result().written
        differing = find_changes(run, wanted, held, known, with_shop=with_shop)
        if not differing.count:
            summary.status = "unchanged"
            return summary
        shop_rows = read_rows_of(run, block, differing.products, begun, differing.fields)
        changes = plan_changes(run, block, differing, shop_rows, known, limit)
        if not changes.rows:
            record_drift(run, block, changes)
            summary.status = "unchanged"
            return summary
        pass_gate(run, block, changes, wanted, known)
        if not dry_run:
            outcomes = write_changes(run, block, changes.changes, links)
            keep_outcomes(run, outcomes)
            record_drift(run, block, changes, outcomes)
        return summary


def _apply_approved(run: Run[SyncSummary], block: ShopBlock, change_set_id: str) -> None:
    """Write an archived change set: whatever somebody changed in the shop since it was planned is left alone."""
    changes = approved_changes(run, block, change_set_id)
    known = begin_reading_links(run)
    look = look_at_shop(run, block, to_write=not run.summary.dry_run)
    claim_rows(run, block, look.info)
    if not run.summary.dry_run:
        keep_outcomes(run, write_changes(run, block, changes, known.result().links))
