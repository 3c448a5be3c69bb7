"""How availability went over the last weeks: of a shop by run and supplier, or of one product."""

from __future__ import annotations

from typing import Annotated

from prefect import flow
from pydantic import Field

from blocks import ShopBlock, load_shop
from tasks.history import show_product, show_shop
from tasks.report import block_name, run_name
from tasks.run import working_on
from tasks.summaries import HistorySummary


@flow(name="show-history", flow_run_name=run_name("history", "shop"))
def show_history(
    shop: ShopBlock | str, product: str | None = None, days: Annotated[int, Field(ge=1, le=366)] = 30
) -> HistorySummary:
    """Show the past as a picture and tables, in the run's artifact; nothing is changed.

    Args:
        shop: A PrestaShop database block, or the name of a saved one.
        product: A SKU, an EAN, our number (`#17`) or the shop's id; empty: all products, by run and supplier.
        days: So many days back.

    """
    block = load_shop(shop)
    name = block_name(shop)
    summary = HistorySummary(days=days)
    with working_on("show-history", f"{name} {product}" if product else name, None, summary) as run:
        if product:
            show_product(run, block, product)
        else:
            show_shop(run, block, name)
        return summary
