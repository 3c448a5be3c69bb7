"""A sync undone: what it wrote becomes what it met, where nobody changed it since, and stays so for a while."""

from __future__ import annotations

from typing import Annotated

from prefect import flow
from pydantic import Field

from blocks import ShopBlock, load_shop
from tasks.availability import find_undone, hold_undone, keep_outcomes, plan_undo, show_pins
from tasks.prestashop import read_rows_of, told_afterwards, write_changes
from tasks.report import block_name, run_name
from tasks.run import working_on
from tasks.summaries import UndoSummary


@flow(name="undo-sync", flow_run_name=run_name("undo in", "shop"))
def undo_sync(
    shop: ShopBlock | str,
    change_set_id: str,
    reason: str,
    products: list[str] | None = None,
    hold_days: Annotated[int, Field(ge=1, le=366)] = 7,
    dry_run: bool = False,
) -> UndoSummary:
    """Undo what a change set wrote to a shop, where that still stands; an undo can be undone in the same way.

    Args:
        shop: A PrestaShop database block, or the name of a saved one.
        change_set_id: Which one; the summary of a sync names its own.
        reason: Why, for whoever asks later.
        products: Only these, with their combinations, which then are left as they are (pin `hold`): SKU, EAN, id in the
            shop, or `#` and our number. Empty: the whole change set; the shop's syncs are then paused.
        hold_days: How long the products are left as they are, or the shop is paused.
        dry_run: Show what would be put back and what not, write nothing.

    """
    block = load_shop(shop)
    summary = UndoSummary(dry_run=dry_run, undone=change_set_id)
    with (
        working_on("undo-sync", block_name(shop), block.integration_id, summary) as run,
        told_afterwards(run, block),
    ):
        undone = find_undone(run, block, change_set_id, reason, products, hold_days)
        undo = plan_undo(run, block, undone, read_rows_of(run, block, undone.products, fields=undone.fields))
        if not dry_run:
            outcomes = write_changes(run, block, undo.changes, undo.links) if undo.rows else None
            if outcomes:
                keep_outcomes(run, outcomes)
            hold_undone(run, undone, undo, outcomes)
        show_pins(run, block)
        return summary
