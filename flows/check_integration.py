"""Is a shop or a feed set up right? Each finding with what was expected, what was found, and how to fix it."""

from __future__ import annotations

from prefect import flow

from blocks import ShopBlock, SupplierFeed, load_integration
from tasks.checks import check_database, show_checks
from tasks.feeds import check_feed
from tasks.prestashop import check_alone, check_shop
from tasks.report import block_name, run_name
from tasks.run import working_on
from tasks.summaries import CheckSummary


@flow(name="check-integration", flow_run_name=run_name("check", "integration"))
def check_integration(integration: SupplierFeed | ShopBlock | str) -> CheckSummary:
    """Check a shop's or a feed's settings; nothing is written.

    Args:
        integration: A supplier feed or a shop, or the name of a saved one.

    """
    block = load_integration(integration)
    summary = CheckSummary(dry_run=True, integration_id=block.integration_id)
    with working_on("check-integration", block_name(integration), block.integration_id, summary) as run:
        if isinstance(block, SupplierFeed):
            check_database(run, None)
            check_feed(run, block)
        else:
            check_database(run, block)
            check_shop(run, block)
            check_alone(run, block)
        show_checks(run)
        return summary
