"""A person's word about one product of a shop: always on, always off, left as it is, or by the rules again."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from prefect import flow

from blocks import ShopBlock, load_shop
from tasks.availability import find_in_shop, pin, show_pins
from tasks.report import block_name, run_name
from tasks.run import working_on
from tasks.summaries import PinSummary


@flow(name="pin-product", flow_run_name=run_name("pin in", "shop"))
def pin_product(
    shop: ShopBlock | str,
    product: str,
    state: Literal["on", "off", "hold", "rules"],
    reason: str,
    until: date | datetime | None = None,
    dry_run: bool = False,
) -> PinSummary:
    """Pin a product in a shop, or end its pin; the next sync writes it. A product's pin decides its combinations too.

    Args:
        shop: A PrestaShop database block, or the name of a saved one.
        product: Its SKU, its EAN or its id in the shop (`12`, a combination `12-34`); `#5` is our own number. Where
            several fit, nothing is done and they are listed; `sku:`, `ean:` and `shop:` before it say which is meant.
        state: `on`: it can always be ordered; `off`: never; `hold`: flag and texts stay as they are; `rules`: ends
            the pin, and takes a product that was given back into care again.
        reason: Why, for whoever asks later.
        until: The last day of the pin, or a time; empty: until it is ended.
        dry_run: Show what would be pinned, write nothing.

    """
    block = load_shop(shop)
    summary = PinSummary(dry_run=dry_run)
    with working_on("pin-product", block_name(shop), block.integration_id, summary) as run:
        found = find_in_shop(run, product, gone_too=state == "rules")
        pin(run, block, found, state, reason, until)
        show_pins(run, block)
        return summary
