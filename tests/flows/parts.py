"""What the tests of a supplier with several files share: their blocks, their lines, and what the links hold then."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from blocks import SupplierFeed
from tasks.state import open_state
from tests.flows.world import AT_ONCE, World
from tests.parquet import read

MAPPINGS: dict[str, dict[str, str]] = {
    "codes": {"supplier_sku": "kod", "sku": "symbol", "name": "nazwa"},
    "stock": {"supplier_sku": "kod", "stock_quantity": "stan"},
    "price": {"supplier_sku": "kod", "purchase_price": "cena"},
    "delivery": {"supplier_sku": "kod", "delivery_days": "dni"},
}


def part(world: World, says: str, name: str = "", **settings: Any) -> SupplierFeed:
    """The block of one of the supplier's files; `settings` of the part, among them `mapping` of the block."""
    path = Path(world.feed.source).with_name(f"{name or says}.csv")
    mapping = settings.pop("mapping", MAPPINGS[says])
    told = {"name": name or says, "provides": [says], **settings}
    return SupplierFeed(integration_id=6, source=str(path), mapping=mapping, part=told, fetching=AT_ONCE)


def write(feed: SupplierFeed, *lines: str, header: str = "") -> SupplierFeed:
    """A file: the supplier's code and the value (of codes: SKU and name)."""
    header = header or ";".join(MAPPINGS[feed.part.provides[0]].values())
    Path(feed.source).write_text("\n".join([header, *lines, ""]), encoding="utf-8")
    return feed


def links(folder: Path) -> dict[str, dict[str, Any]]:
    """Supplier's code -> what its link holds of the supplier's offer."""
    with open_state() as state:
        path = state.read("integration_product_links", folder / "links.parquet", where={"integration_id": 6})
    return {row["external_product_id"]: json.loads(row["supplier_availability"]) for row in read(path)}


def offers(folder: Path) -> dict[str, dict[str, Any]]:
    """Supplier's code -> stock, price and days."""
    fields = ("stock_quantity", "purchase_price", "delivery_days")
    return {code: {name: offer.get(name) for name in fields} for code, offer in links(folder).items()}


def stocks(folder: Path) -> dict[str, int]:
    """Supplier's code -> stock."""
    return {code: offer["stock_quantity"] for code, offer in links(folder).items()}
