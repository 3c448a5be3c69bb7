"""Links made by hand's order: what has no link yet, or the products that were asked for."""

from __future__ import annotations

from prefect import flow

from blocks import ShopBlock, SupplierFeed, load_integration
from tasks.feeds import last_good_snapshot, with_all_parts
from tasks.linking import ask_person, link_again, link_catalogue, read_review
from tasks.prestashop import look_at_shop
from tasks.report import block_name, run_name
from tasks.run import working_on
from tasks.summaries import LinkSummary


@flow(name="link-products", flow_run_name=run_name("link products of", "integration"))
def link_products(
    integration: SupplierFeed | ShopBlock | str,
    product_ids: list[int] | None = None,
    review: str | None = None,
    dry_run: bool = False,
) -> LinkSummary:
    """Link products to a supplier's items, or to a shop's, by SKU and EAN; leave what needs a person as a review.

    Args:
        integration: A supplier feed or a shop, or the name of a saved one.
        product_ids: Products (numbers in our database) to look at again even if they have a link.
        review: A review with your answers: its lines, pasted, or a path or address of the CSV or XLSX file.
        dry_run: Show what would change, write nothing.

    """
    block = load_integration(integration)
    summary = LinkSummary(dry_run=dry_run)
    with working_on("link-products", block_name(integration), block.integration_id, summary) as run:
        answers = read_review(run, review)
        if isinstance(block, SupplierFeed):
            snapshot = with_all_parts(run, last_good_snapshot(run, block))
            link_again(run, block, snapshot, product_ids or [], answers)
            ask_person(run, block, snapshot.offers)
        else:
            ask_person(run, block, link_catalogue(run, block, look_at_shop(run, block, asked={"codes"}), answers))
        return summary
