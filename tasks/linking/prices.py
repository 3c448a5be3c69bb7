"""Purchase prices of a supplier's offers, for our own products: which of them change, and which are left."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from blocks import SupplierFeed
from tasks.duck import desk
from tasks.errors import WrongSettingsError

if TYPE_CHECKING:
    from tasks.state import StateDatabase

DIGITS, DECIMALS = 18, 4  # of a price where the column itself sets no limit
LIMITED = re.compile(r"(?:numeric|decimal)\((\d+), ?(\d+)\)")


def plan_prices(
    state: StateDatabase, feed: SupplierFeed, offers: Path, limit: int | None, folder: Path
) -> tuple[int, dict[str, int]]:
    """Find the prices that change (see prices.sql), as `changed_prices.parquet` in `folder`, over its `matched`.

    Returns how many change, and how many offers' prices are left, by reason. Raises WrongSettingsError where our
    products have no such column.
    """
    digits, decimals = _room_for_a_price(state)
    products = state.read("products", folder / "product_prices.parquet", columns=("id", "purchase_price_net"))
    every_link = state.read(
        "integration_product_links",
        folder / "price_links.parquet",
        columns=("integration_id", "product_id", "supplier_availability"),
    )
    values = {
        "integration_id": feed.integration_id,
        "currency": feed.currency,
        "limit": limit,
        "decimals": decimals,
        "least_too_large": 10 ** (digits - decimals),
    }
    with desk() as table:
        table.show(offers=offers, matched=folder / "matched.parquet", product_prices=products, price_links=every_link)
        table.run("linking/prices.sql", values)
        table.save("changed_prices", folder / "changed_prices.parquet")
        left = table.rows("SELECT reason, count(*) AS n FROM prices WHERE reason IS NOT NULL GROUP BY ALL ORDER BY ALL")
        return table.count("changed_prices"), {row["reason"]: row["n"] for row in left}


def _room_for_a_price(state: StateDatabase) -> tuple[int, int]:
    """All digits and decimals that `products.purchase_price_net` keeps: a table that we did not make has its own."""
    with state.session(read_only=True) as session:
        kind = session.real_columns("products").get("purchase_price_net")
    if kind is None:
        raise WrongSettingsError(
            f"sync_purchase_price: expected a column `purchase_price_net` in `products` of {state.shown}, found none."
            " Add it, or switch `Keep purchase prices` off in the feed's block"
        )
    found = LIMITED.fullmatch(kind)
    if not found:
        return DIGITS, DECIMALS
    digits, decimals = int(found[1]), int(found[2])
    before, kept = min(digits - decimals, DIGITS - DECIMALS), min(decimals, DECIMALS)
    return before + kept, kept
