"""Why is this product off? One cause in the first line, then every fact that led to it."""

from __future__ import annotations

from typing import Literal

from prefect import flow

from blocks import ShopBlock
from tasks.explaining import Explanation, choose_shop, explain_found, find_meant
from tasks.report import run_name
from tasks.run import working_on
from tasks.summaries import ExplainSummary


@flow(name="explain-product", flow_run_name=run_name("explain", "product"))
def explain_product(
    product: str, shop: ShopBlock | str | None = None, language: Literal["pl", "en"] = "pl"
) -> Explanation:
    """Explain why a product can be ordered or not; nothing is written.

    Args:
        product: Its SKU, EAN or number in the shop (`12`, `12-34`); `#123` is our own number, `sku:`, `ean:` and
            `shop:` before a code say which of them it is.
        shop: A PrestaShop database block, or the name of a saved one; empty where there is only one.
        language: Of the answer: `pl` or `en`.

    """
    summary = ExplainSummary(dry_run=True)
    with working_on("explain-product", product, None, summary) as run:
        block = choose_shop(run, product, shop)
        return explain_found(run, product, block, find_meant(run, product, block), language)
