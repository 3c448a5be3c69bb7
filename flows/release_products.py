"""Products given back: as they were before our first write, and out of our care until somebody takes them back."""

from __future__ import annotations

from prefect import flow

from blocks import ShopBlock, load_shop
from tasks.availability import (
    chosen_subject,
    end_release,
    find_our_rows,
    keep_outcomes,
    plan_release,
    show_pins,
    take_into_care,
)
from tasks.prestashop import ALL_FIELDS, read_rows_of, told_afterwards, write_changes
from tasks.report import block_name, run_name
from tasks.run import working_on
from tasks.summaries import ReleaseSummary


@flow(name="release-products", flow_run_name=run_name("give back in", "shop"))
def release_products(
    shop: ShopBlock | str,
    reason: str,
    product: str | None = None,
    supplier: int | None = None,
    whole_shop: bool = False,
    take_back: bool = False,
    dry_run: bool = False,
) -> ReleaseSummary:
    """Put flags and texts back as they were before our first write, and leave them alone from then on.

    Args:
        shop: A PrestaShop database block, or the name of a saved one.
        reason: Why, for whoever asks later.
        product: One product, with its combinations: SKU, EAN, id in the shop, or `#` and our number.
        supplier: The integration number of a supplier: his offers count no more in this shop, and what only he offers
            is given back.
        whole_shop: Everything that was ever written; a sync of the shop is refused from then on.
        take_back: End that instead: the next sync takes care of it again. Nothing is written now. With `whole_shop` it
            also ends a pause after an undo.
        dry_run: Show what would be put back, write nothing.

    """
    block = load_shop(shop)
    summary = ReleaseSummary(dry_run=dry_run)
    with (
        working_on("release-products", block_name(shop), block.integration_id, summary) as run,
        told_afterwards(run, block),
    ):
        choice = chosen_subject(
            run, block, product, supplier, whole_shop=whole_shop, reason=reason, take_back=take_back
        )
        if take_back:
            take_into_care(run, choice)
        else:
            ours = find_our_rows(run, choice)
            release = plan_release(run, block, ours, read_rows_of(run, block, ours.products, fields=ALL_FIELDS))
            if not dry_run:
                outcomes = write_changes(run, block, release.changes, release.links) if release.rows else None
                if outcomes:
                    keep_outcomes(run, outcomes)
                end_release(run, choice, ours, release, outcomes)
        show_pins(run, block)
        return summary
