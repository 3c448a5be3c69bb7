"""Feeds that say more: stock by warehouse, a contractor a row, purchase prices; a second import changes nothing."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from blocks import SupplierFeed
from flows import import_catalog, import_feed, sync_availability
from tasks.state import open_state
from tests.flows.world import AT_ONCE, World
from tests.parquet import read

pytestmark = pytest.mark.slow

LINES = "Symbol;EAN;Półka;Centrala;Kto;Cena"


def feed_of(world: World, **settings: Any) -> SupplierFeed:
    mapping = {"sku": "Symbol", "contractor": "Kto", "purchase_price": "Cena"}
    warehouses = [{"column": "Półka", "delivery_days": 1}, {"column": "Centrala", "delivery_days": 5}]
    given = {"mapping": mapping, "warehouses": warehouses, "fetching": AT_ONCE, **settings}
    return SupplierFeed(integration_id=6, contractor_id=5, source=world.feed.source, **given)


def write(world: World, *lines: str) -> None:
    Path(world.feed.source).write_text("\n".join([LINES, *lines, ""]), encoding="utf-8")


def prices(folder: Path) -> dict[str, Decimal | None]:
    """SKU -> purchase price of our products that have one."""
    with open_state() as state:
        rows = read(state.read("products", folder / "products.parquet", columns=("sku", "purchase_price_net")))
    return {row["sku"]: row["purchase_price_net"] for row in rows if row["purchase_price_net"] is not None}


def test_warehouses_and_contractors_reach_the_shop(world: World) -> None:
    fast, slow, other, *_ = world.references()
    write(world, f"{fast};;25;0;;", f"{slow};;5;40;;", f"{other};;30;0;9;")
    import_catalog(world.shop)
    import_feed(feed_of(world))
    assert sync_availability(world.shop, contractor=9).written == 1
    assert (world.text(other, "pl"), world.text(fast, "pl")) == ("Wysyłka za 1 dzień", "")
    sync_availability(world.shop)
    assert (world.text(fast, "pl"), world.text(slow, "pl")) == ("Wysyłka za 1 dzień", "Wysyłka za 5 dni")


def test_a_second_import_of_warehouses_changes_nothing(world: World) -> None:
    one, two, *_ = world.references()
    write(world, f"{one};;25;3;;", f"{two};;;40;9;")
    import_catalog(world.shop)
    import_feed(feed_of(world))
    write(world, f"{one};;25;3;;", f"{two};;;40;9;", "else;;1;1;;")  # another content, the same of these
    again = import_feed(feed_of(world))
    assert (again.created, again.updated, again.unchanged) == (0, 0, 2)
    write(world, f"{one};;24;4;;", f"{two};;;40;9;")  # the same sum
    assert import_feed(feed_of(world)).updated == 1


def test_purchase_prices_are_kept_where_the_block_says_so(world: World, state_url: str, tmp_path: Path) -> None:
    one, two, *_ = world.references()
    write(world, f"{one};;25;3;;12,50", f"{two};;25;3;;9,99 EUR")
    import_catalog(world.shop)
    import_feed(feed_of(world))
    assert prices(tmp_path) == {}
    feed = feed_of(world, sync_purchase_price=True)
    assert import_feed(feed).prices_updated == 1
    assert prices(tmp_path) == {one: Decimal("12.5000")}  # another currency is not ours
    again = import_feed(feed)
    assert (again.prices_updated, again.status) == (0, "unchanged")
    write(world, f"{one};;25;3;;13", f"{two};;25;3;;9,99 EUR")
    assert import_feed(feed, dry_run=True).prices_updated == 1
    assert prices(tmp_path) == {one: Decimal("12.5000")}


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (
            {"mapping": {"sku": "a", "stock_quantity": "b"}, "warehouses": [{"column": "c", "delivery_days": 1}]},
            "clear",
        ),
        (
            {"mapping": {"sku": "a", "stock_quantity": "b"}, "contractors": [{"text": "x", "contractor_id": 1}]},
            "column for",
        ),
        ({"mapping": {"sku": "a", "stock_quantity": "b"}, "sync_purchase_price": True, "price_kind": "gross"}, "net"),
    ],
)
def test_settings_that_contradict_each_other_are_refused(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        SupplierFeed(integration_id=6, source="a.csv", **settings)
