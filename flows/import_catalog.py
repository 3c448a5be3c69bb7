"""A shop's products and combinations into our products and the shop's links."""

from __future__ import annotations

from prefect import flow

from blocks import ShopBlock, load_shop
from tasks.linking import recognise_catalogue
from tasks.prestashop import look_at_shop
from tasks.report import block_name, run_name
from tasks.run import working_on
from tasks.summaries import CatalogueSummary


@flow(name="import-catalog", flow_run_name=run_name("catalogue of", "shop"))
def import_catalog(shop: ShopBlock | str, limit: int | None = None, dry_run: bool = False) -> CatalogueSummary:
    """Import a shop's catalogue: recognise its items as products we know, make the others.

    Args:
        shop: A PrestaShop database block, or the name of a saved one.
        limit: Only the first n products of the shop, by their number.
        dry_run: Show what would change, write nothing.

    """
    block = load_shop(shop)
    summary = CatalogueSummary(dry_run=dry_run)
    with working_on("import-catalog", block_name(shop), block.integration_id, summary) as run:
        look = look_at_shop(run, block, asked={"codes"})
        recognise_catalogue(run, block, look, limit)
        return summary
