"""A supplier with several files: each says its part, and items meet by the supplier's code."""

from __future__ import annotations

import json
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from blocks import SupplierFeed
from blocks.feed import Absence
from flows import import_catalog, import_feed, link_products
from tasks.errors import Quarantined, WrongSettingsError
from tasks.state import open_state
from tests.flows.world import AT_ONCE, World
from tests.parquet import read

MAPPINGS: dict[str, dict[str, str]] = {
    "codes": {"supplier_sku": "kod", "sku": "symbol", "name": "nazwa"},
    "stock": {"supplier_sku": "kod", "stock_quantity": "stan"},
    "price": {"supplier_sku": "kod", "purchase_price": "cena"},
    "delivery": {"supplier_sku": "kod", "delivery_days": "dni"},
}


@pytest.fixture
def known(world: World) -> World:
    """A shop whose products we know already."""
    import_catalog(world.shop)
    return world


def part(world: World, says: str, name: str = "", **settings: Any) -> SupplierFeed:
    """The block of one of the supplier's files."""
    path = Path(world.feed.source).with_name(f"{name or says}.csv")
    told = {"name": name or says, "provides": [says], **settings}
    return SupplierFeed(integration_id=6, source=str(path), mapping=MAPPINGS[says], part=told, fetching=AT_ONCE)


def write(feed: SupplierFeed, *lines: str) -> SupplierFeed:
    """A file: the supplier's code and the value (of codes: SKU and name)."""
    header = ";".join(MAPPINGS[feed.part.provides[0]].values())
    Path(feed.source).write_text("\n".join([header, *lines, ""]), encoding="utf-8")
    return feed


def links(folder: Path) -> dict[str, dict[str, Any]]:
    """Supplier's code -> what its link says of stock, price and days."""
    with open_state() as state:
        path = state.read("integration_product_links", folder / "links.parquet", where={"integration_id": 6})
    told = {row["external_product_id"]: json.loads(row["supplier_availability"]) for row in read(path)}
    fields = ("stock_quantity", "purchase_price", "delivery_days")
    return {code: {name: offer.get(name) for name in fields} for code, offer in told.items()}


def three_files(world: World) -> list[SupplierFeed]:
    one, two, *_ = world.references()
    return [
        write(part(world, "codes"), f"a;{one};Jeden", f"b;{two};Dwa", "c;obcy;Trzy"),
        write(part(world, "stock"), "a;30", "b;5", "c;1"),
        write(part(world, "price"), "a;1,50", "c;2,50"),
    ]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_whatever_comes_first_the_links_are_the_same(known: World, order: tuple[int, ...], tmp_path: Path) -> None:
    files = three_files(known)
    for place in order:
        import_feed(files[place])
    assert links(tmp_path) == {
        "a": {"stock_quantity": 30, "purchase_price": 1.5, "delivery_days": None},
        "b": {"stock_quantity": 5, "purchase_price": None, "delivery_days": None},
    }
    again = [import_feed(file) for file in files]
    assert {(summary.status, summary.created, summary.updated) for summary in again} == {("unchanged", 0, 0)}
    assert link_products(files[2]).status == "unchanged"


def test_a_new_price_list_changes_prices_only(world: World, state_url: str, tmp_path: Path) -> None:
    import_catalog(world.shop)
    files = three_files(world)
    for file in files:
        import_feed(file)
    write(files[2], "a;1,75", "c;2,50")
    assert import_feed(files[2]).updated == 1
    assert links(tmp_path)["a"] == {"stock_quantity": 30, "purchase_price": 1.75, "delivery_days": None}


def test_an_item_that_no_file_gives_a_stock_is_no_offer(known: World, tmp_path: Path) -> None:
    codes, stock, _ = three_files(known)
    summary = import_feed(codes)
    assert (summary.status, summary.created, links(tmp_path)) == ("unchanged", 0, {})
    write(stock, "a;30")
    assert import_feed(stock).created == 1
    assert set(links(tmp_path)) == {"a"}


def test_missing_from_the_price_list_is_not_missing(known: World, tmp_path: Path) -> None:
    codes, stock, price = three_files(known)
    for file in (codes, stock, price):
        import_feed(file.model_copy(update={"absence": Absence.SOLD_OUT}))
    write(price, "c;2,50")
    summary = import_feed(price.model_copy(update={"absence": Absence.SOLD_OUT}))
    assert (summary.absent, summary.sold_out, links(tmp_path)["a"]["stock_quantity"]) == (0, 0, 30)
    write(stock, "b;5", "c;1")
    assert import_feed(stock.model_copy(update={"absence": Absence.SOLD_OUT})).sold_out == 1
    assert links(tmp_path)["a"]["stock_quantity"] == 0


def test_changes_only_leave_the_rest_as_it_was(world: World, state_url: str, tmp_path: Path) -> None:
    import_catalog(world.shop)
    codes, stock, _ = three_files(world)
    changes = part(world, "stock", "changes", delta=True)
    for file in (codes, stock, write(changes, "a;7")):
        import_feed(file)
    assert {code: offer["stock_quantity"] for code, offer in links(tmp_path).items()} == {"a": 7, "b": 5}
    assert import_feed(write(changes, "b;50")).absent == 0
    assert {code: offer["stock_quantity"] for code, offer in links(tmp_path).items()} == {"a": 7, "b": 50}
    import_feed(write(changes))  # nothing changed
    assert {code: offer["stock_quantity"] for code, offer in links(tmp_path).items()} == {"a": 7, "b": 50}
    import_feed(write(stock, "a;30", "b;6", "c;1"))  # the whole file is newer than all changes
    assert {code: offer["stock_quantity"] for code, offer in links(tmp_path).items()} == {"a": 30, "b": 6}


def test_what_changed_before_a_newer_whole_file_keeps_no_item_alive(known: World, tmp_path: Path) -> None:
    codes, stock, _ = three_files(known)
    for file in (codes, stock, write(part(known, "stock", "changes", delta=True), "a;7")):
        import_feed(file)
    write(stock, "b;5", "c;1")
    assert import_feed(stock.model_copy(update={"absence": Absence.SOLD_OUT})).sold_out == 1
    assert links(tmp_path)["a"]["stock_quantity"] == 0


def test_a_part_that_is_held_back_holds_no_other_back(known: World, tmp_path: Path) -> None:
    codes, stock, price = three_files(known)
    for file in (codes, stock, price):
        import_feed(file)
    with pytest.raises(Quarantined) as held:
        import_feed(write(stock, "a;0", "b;0", "c;0"))
    import_feed(write(price, "a;9,99", "c;2,50"))
    assert links(tmp_path)["a"] == {"stock_quantity": 30, "purchase_price": 9.99, "delivery_days": None}
    snapshot = held.value.summary.snapshot_id
    with pytest.raises(WrongSettingsError, match="of this part of the feed"):
        import_feed(price, approve=snapshot)
    import_feed(stock, approve=snapshot)
    assert links(tmp_path)["a"] == {"stock_quantity": 0, "purchase_price": 9.99, "delivery_days": None}
