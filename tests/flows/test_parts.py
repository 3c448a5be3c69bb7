"""A supplier with several files: each says its part, and items meet by the supplier's code."""

from __future__ import annotations

from pathlib import Path

import pytest

from blocks import SupplierFeed
from blocks.feed import Absence
from flows import import_catalog, import_feed, link_products
from tasks.errors import Quarantined, WrongSettingsError
from tests.flows.parts import links, offers, part, stocks, write
from tests.flows.world import World
from tests.parquet import read


@pytest.fixture
def known(world: World) -> World:
    """A shop whose products we know already."""
    import_catalog(world.shop)
    return world


def three_files(world: World) -> list[SupplierFeed]:
    one, two, *_ = world.references()
    return [
        write(part(world, "codes"), f"a;{one};Jeden", f"b;{two};Dwa", "c;obcy;Trzy"),
        write(part(world, "stock"), "a;30", "b;5", "c;1"),
        write(part(world, "price"), "a;1,50", "c;2,50"),
    ]


@pytest.mark.slow
@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0)])
def test_whatever_comes_first_the_links_are_the_same(known: World, order: tuple[int, ...], tmp_path: Path) -> None:
    files = three_files(known)
    for place in order:
        import_feed(files[place])
    assert offers(tmp_path) == {
        "a": {"stock_quantity": 30, "purchase_price": 1.5, "delivery_days": None},
        "b": {"stock_quantity": 5, "purchase_price": None, "delivery_days": None},
    }
    again = [import_feed(file) for file in files]
    assert {(summary.status, summary.created, summary.updated) for summary in again} == {("unchanged", 0, 0)}
    assert link_products(files[2]).status == "unchanged"


@pytest.mark.slow
def test_a_new_price_list_changes_prices_only(world: World, tmp_path: Path) -> None:
    import_catalog(world.shop)
    files = three_files(world)
    for file in files:
        import_feed(file)
    write(files[2], "a;1,75", "c;2,50")
    assert import_feed(files[2]).updated == 1
    assert offers(tmp_path)["a"] == {"stock_quantity": 30, "purchase_price": 1.75, "delivery_days": None}


def test_an_item_that_no_file_gives_a_stock_is_no_offer(known: World, tmp_path: Path) -> None:
    codes, stock, _ = three_files(known)
    summary = import_feed(codes)
    assert (summary.status, summary.created, offers(tmp_path)) == ("unchanged", 0, {})
    write(stock, "a;30")
    assert import_feed(stock).created == 1
    assert set(offers(tmp_path)) == {"a"}


@pytest.mark.slow
def test_missing_from_the_price_list_is_not_missing(known: World, tmp_path: Path) -> None:
    codes, stock, price = three_files(known)
    for file in (codes, stock, price):
        import_feed(file.model_copy(update={"absence": Absence.SOLD_OUT}))
    write(price, "c;2,50")
    summary = import_feed(price.model_copy(update={"absence": Absence.SOLD_OUT}))
    assert (summary.absent, summary.sold_out, offers(tmp_path)["a"]["stock_quantity"]) == (0, 0, 30)
    write(stock, "b;5", "c;1")
    assert import_feed(stock.model_copy(update={"absence": Absence.SOLD_OUT})).sold_out == 1
    assert offers(tmp_path)["a"]["stock_quantity"] == 0


def test_changes_only_leave_the_rest_as_it_was(world: World, tmp_path: Path) -> None:
    import_catalog(world.shop)
    codes, stock, _ = three_files(world)
    changes = part(world, "stock", "changes", delta=True)
    for file in (codes, stock, write(changes, "a;7")):
        import_feed(file)
    assert {code: offer["stock_quantity"] for code, offer in offers(tmp_path).items()} == {"a": 7, "b": 5}
    assert import_feed(write(changes, "b;50")).absent == 0
    assert {code: offer["stock_quantity"] for code, offer in offers(tmp_path).items()} == {"a": 7, "b": 50}
    import_feed(write(changes))  # nothing changed
    assert {code: offer["stock_quantity"] for code, offer in offers(tmp_path).items()} == {"a": 7, "b": 50}
    import_feed(write(stock, "a;30", "b;6", "c;1"))  # the whole file is newer than all changes
    assert {code: offer["stock_quantity"] for code, offer in offers(tmp_path).items()} == {"a": 30, "b": 6}


@pytest.mark.slow
def test_a_file_read_anew_by_other_settings_is_no_newer(known: World, tmp_path: Path) -> None:
    codes, stock, _ = three_files(known)
    changes = part(known, "stock", "changes", delta=True)
    for file in (codes, stock, write(changes, "a;7")):
        import_feed(file)
    import_feed(stock.model_copy(update={"decimal": "comma"}))
    assert stocks(tmp_path)["a"] == 7  # the change came after what the whole file says
    import_feed(write(stock, "a;30", "b;6", "c;1"))
    for decimal in ("comma", "point"):
        import_feed(changes.model_copy(update={"decimal": decimal}))
    assert stocks(tmp_path)["a"] == 30


@pytest.mark.slow
def test_what_changed_before_a_newer_whole_file_keeps_no_item_alive(known: World, tmp_path: Path) -> None:
    codes, stock, _ = three_files(known)
    for file in (codes, stock, write(part(known, "stock", "changes", delta=True), "a;7")):
        import_feed(file)
    write(stock, "b;5", "c;1")
    assert import_feed(stock.model_copy(update={"absence": Absence.SOLD_OUT})).sold_out == 1
    assert links(tmp_path)["a"]["stock_quantity"] == 0


@pytest.mark.slow
def test_a_part_that_is_held_back_holds_no_other_back(known: World, tmp_path: Path) -> None:
    codes, stock, price = three_files(known)
    for file in (codes, stock, price):
        import_feed(file)
    with pytest.raises(Quarantined) as held:
        import_feed(write(stock, "a;0", "b;0", "c;0"))
    import_feed(write(price, "a;9,99", "c;2,50"))
    assert offers(tmp_path)["a"] == {"stock_quantity": 30, "purchase_price": 9.99, "delivery_days": None}
    snapshot = held.value.summary.snapshot_id
    with pytest.raises(WrongSettingsError, match="of this part of the feed"):
        import_feed(price, approve=snapshot)
    import_feed(stock, approve=snapshot)
    assert offers(tmp_path)["a"] == {"stock_quantity": 0, "purchase_price": 9.99, "delivery_days": None}


@pytest.mark.slow
def test_a_dry_run_and_a_limit_keep_nothing(known: World, home: Path, tmp_path: Path) -> None:
    codes, stock, price = three_files(known)
    import_feed(codes)
    assert (import_feed(stock, dry_run=True).created, offers(tmp_path)) == (2, {})
    assert (import_feed(stock, limit=1).created, set(offers(tmp_path))) == (1, {"a"})
    import_feed(price)
    assert set(offers(tmp_path)) == {"a"}  # the stock was never believed as a whole
    kept = sorted(path.parent.name.partition("-2")[0] for path in home.rglob("merged.parquet"))
    assert kept == ["f6-codes", "f6-price"]


@pytest.mark.slow
def test_the_offers_are_kept_with_the_age_of_each_field(known: World, home: Path) -> None:
    codes, stock, price = three_files(known)
    for file in (codes, stock, price):
        import_feed(file)
    folder = next(path for path in (home / "archive" / "feeds" / "6").iterdir() if "-price-" in path.name)
    rows = {row["supplier_sku"]: row for row in read(folder / "merged.parquet")}
    assert set(rows) == {"a", "b", "c"}
    assert rows["a"]["codes_at"] < rows["a"]["stock_at"] < rows["a"]["price_at"]
    assert (rows["b"]["price_at"], rows["b"]["delivery_at"]) == (None, None)


@pytest.mark.slow
def test_a_feed_of_one_file_keeps_no_merged_offers(known: World, home: Path) -> None:
    known.write_feed([(known.references()[0], 30, 2)])
    import_feed(known.feed)
    assert list(home.rglob("merged.parquet")) == []


@pytest.mark.slow
def test_other_settings_of_a_file_read_it_again(known: World) -> None:
    codes, stock, price = three_files(known)
    for file in (codes, stock, price):
        import_feed(file)
    other = price.model_copy(update={"currency": "EUR"})
    assert import_feed(other).updated == 1
    assert import_feed(other).status == "unchanged"


@pytest.mark.slow
def test_a_contractor_is_the_same_whichever_file_is_imported(known: World, tmp_path: Path) -> None:
    codes, stock, price = three_files(known)
    stock = stock.model_copy(update={"contractor_id": 5})
    for file in (codes, stock, price):
        import_feed(file)
    assert {offer["contractor_id"] for offer in links(tmp_path).values()} == {5}
    assert import_feed(write(price, "a;1,51", "c;2,50")).updated == 1
    assert links(tmp_path)["a"]["contractor_id"] == 5


@pytest.mark.slow
def test_usual_delivery_days_fill_what_no_file_says(known: World, tmp_path: Path) -> None:
    codes, stock, _ = three_files(known)
    delivery = write(part(known, "delivery"), "a;2")
    for file in (codes, stock, delivery.model_copy(update={"default_delivery_days": 9})):
        import_feed(file)
    assert {code: offer["delivery_days"] for code, offer in links(tmp_path).items()} == {"a": 2, "b": 9}


@pytest.mark.slow
def test_what_a_file_does_not_say_is_not_read(known: World, tmp_path: Path) -> None:
    codes, stock, _ = three_files(known)
    columns = {"supplier_sku": "kod", "purchase_price": "cena", "stock_quantity": "stan", "delivery_days": "dni"}
    price = write(part(known, "price", mapping=columns), "a;1,50;?;?", "b;2,50;0;?", header="kod;cena;stan;dni")
    for file in (codes, stock):
        import_feed(file)
    assert import_feed(price).rows_rejected == 0
    assert offers(tmp_path) == {
        "a": {"stock_quantity": 30, "purchase_price": 1.5, "delivery_days": None},
        "b": {"stock_quantity": 5, "purchase_price": 2.5, "delivery_days": None},
    }


@pytest.mark.slow
def test_files_that_name_items_by_other_codes_are_told(known: World) -> None:
    _, stock, price = three_files(known)
    import_feed(stock)
    assert "None of the 1 items of the file `price` is an offer" in import_feed(write(price, "X-a;1,50")).warnings[0]


@pytest.mark.slow
def test_nothing_is_linked_before_a_file_with_stock(known: World, tmp_path: Path) -> None:
    _, _, price = three_files(known)
    summary = import_feed(price)
    assert "nothing is linked" in summary.warnings[0]
    assert (summary.status, offers(tmp_path)) == ("unchanged", {})
