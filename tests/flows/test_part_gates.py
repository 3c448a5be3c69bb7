"""A supplier with several files: each is believed or not by itself, changes only and missing items too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from blocks import SupplierFeed
from blocks.feed import Absence
from flows import import_catalog, import_feed
from tasks.errors import Quarantined, WrongSettingsError
from tasks.state import open_state
from tests.flows.parts import links, part, stocks, write
from tests.flows.world import World
from tests.parquet import read

pytestmark = pytest.mark.slow

ITEMS = 24  # linked ones; fewer than 20 are never a reason to stop
BY_SKU = {"sku": "symbol", "stock_quantity": "stan"}


@pytest.fixture
def sold(world: World) -> list[SupplierFeed]:
    """Codes, stock and prices of 24 items that the shop sells, imported."""
    import_catalog(world.shop)
    references = world.references()[:ITEMS]
    files = [
        write(part(world, "codes"), *(f"k{n};{reference};Nazwa" for n, reference in enumerate(references))),
        write(part(world, "stock"), *(f"k{n};{n + 1}" for n in range(ITEMS))),
        write(part(world, "price"), *(f"k{n};{n + 1},00" for n in range(ITEMS))),
    ]
    for file in files:
        import_feed(file)
    return files


def held(feed: SupplierFeed) -> str:
    """Why a file was held back."""
    with pytest.raises(Quarantined) as error:
        import_feed(feed)
    return str(error.value)


def changes(world: World, says: str, *lines: str) -> SupplierFeed:
    return write(part(world, says, "changes", delta=True), *lines)


def sold_out(feed: SupplierFeed) -> SupplierFeed:
    """The same, where missing once means sold out."""
    return feed.model_copy(update={"absence": Absence.SOLD_OUT})


def by_sku(world: World, name: str, *lines: str, **settings: Any) -> SupplierFeed:
    """A file with stock whose items are named by SKU."""
    return write(part(world, "stock", name, mapping=BY_SKU, **settings), *lines, header="symbol;stan")


def test_a_price_list_may_grow_and_is_held_back_when_half_of_it_is_gone(world: World, sold: list[SupplierFeed]) -> None:
    price = sold[2]
    more = [f"k{n};{n + 1},00" for n in range(2 * ITEMS)]
    assert import_feed(write(price, *more)).status == "unchanged"
    assert "24 of 48 items that were in the file (50.0%) are gone" in held(write(price, *more[ITEMS:]))


def test_an_empty_price_list_is_held_back(world: World, sold: list[SupplierFeed]) -> None:
    assert "the file holds no item" in held(write(sold[2]))


def test_prices_that_moved_are_held_back_and_the_stock_goes_on(
    world: World, sold: list[SupplierFeed], tmp_path: Path
) -> None:
    assert "prices moved by +9900%" in held(write(sold[2], *(f"k{n};{(n + 1) * 100},00" for n in range(ITEMS))))
    import_feed(write(sold[1], *(f"k{n};{n + 2}" for n in range(ITEMS))))
    assert {code: (offer["stock_quantity"], offer["purchase_price"]) for code, offer in links(tmp_path).items()} == {
        f"k{n}": (n + 2, n + 1) for n in range(ITEMS)
    }


def test_nothing_changed_is_believed_the_first_time_too(world: World, sold: list[SupplierFeed]) -> None:
    delta = changes(world, "stock")
    assert [import_feed(delta).status, import_feed(delta).status] == ["unchanged", "unchanged"]


def test_some_that_sold_out_are_measured_by_all_that_the_supplier_has(
    world: World, sold: list[SupplierFeed], tmp_path: Path
) -> None:
    assert import_feed(changes(world, "stock", "k0;0")).updated == 1
    assert stocks(tmp_path) == {"k0": 0, **{f"k{n}": n + 1 for n in range(1, ITEMS)}}


def test_changes_that_switch_everything_off_are_held_back(
    world: World, sold: list[SupplierFeed], tmp_path: Path
) -> None:
    before = stocks(tmp_path)
    delta = changes(world, "stock", *(f"k{n};0" for n in range(ITEMS)))
    assert "24 of 24 items that were available" in held(delta)
    assert "24 of 24 items that were available" in held(write(delta, "other;1"))  # the next one builds on it
    assert stocks(tmp_path) == before
    import_feed(write(delta, *(f"k{n};{n + 5}" for n in range(ITEMS))))  # taken back
    assert stocks(tmp_path) == {f"k{n}": n + 5 for n in range(ITEMS)}


def test_a_bad_file_of_changes_does_not_hide_among_good_ones(
    world: World, sold: list[SupplierFeed], tmp_path: Path
) -> None:
    delta = changes(world, "price", *(f"k{n};{(n + 1) * 100},00" for n in range(20)))
    assert "prices moved by +9900%" in held(delta)
    assert "prices moved by +9900%" in held(write(delta, "k22;23,00", "k23;24,00"))
    assert import_feed(write(delta, *(f"k{n};{n + 1},10" for n in range(20)))).updated == 20
    assert links(tmp_path)["k0"]["purchase_price"] == 1.1


def test_changes_with_one_stock_throughout_are_held_back(world: World, sold: list[SupplierFeed]) -> None:
    assert "stock_quantity holds one value only" in held(changes(world, "stock", *(f"k{n};999" for n in range(ITEMS))))


def test_a_held_file_of_changes_can_be_approved(world: World, sold: list[SupplierFeed], tmp_path: Path) -> None:
    delta = changes(world, "stock", *(f"k{n};0" for n in range(ITEMS)))
    with pytest.raises(Quarantined) as error:
        import_feed(delta)
    assert import_feed(delta, approve=error.value.summary.snapshot_id).updated == ITEMS
    assert set(stocks(tmp_path).values()) == {0}


def test_of_two_files_with_stock_none_decides_that_an_item_is_missing(
    world: World, sold: list[SupplierFeed], tmp_path: Path
) -> None:
    import_feed(sold_out(write(part(world, "stock", "outlet"), "other;1")))
    summary = import_feed(sold_out(write(sold[1], *(f"k{n};{n + 1}" for n in range(1, ITEMS)))))
    assert "so none does" in summary.warnings[-1]
    assert (summary.sold_out, stocks(tmp_path)["k0"]) == (0, 1)


def test_one_of_two_files_with_stock_is_chosen_to_decide(
    world: World, sold: list[SupplierFeed], tmp_path: Path
) -> None:
    outlet = sold_out(write(part(world, "stock", "outlet", decides_absence=False), "k0;7", "other;1"))
    import_feed(outlet)
    assert import_feed(sold_out(write(sold[1], *(f"k{n};{n + 1}" for n in range(2, ITEMS))))).sold_out == 1
    assert (stocks(tmp_path)["k0"], stocks(tmp_path)["k1"]) == (7, 0)  # the other file has k0
    assert import_feed(write(outlet, "other;1")).sold_out == 0
    assert stocks(tmp_path)["k0"] == 7


def test_a_file_that_has_a_missing_item_ends_its_absence(
    world: World, sold: list[SupplierFeed], tmp_path: Path
) -> None:
    rows = [f"k{n};{n + 1}" for n in range(1, ITEMS)]
    assert import_feed(write(sold[1], *rows)).absent == 1
    assert absences(tmp_path) == 1
    import_feed(changes(world, "stock", "k0;9"))
    assert (stocks(tmp_path)["k0"], absences(tmp_path)) == (9, 0)


def absences(folder: Path) -> int:
    with open_state() as state:
        return len(read(state.read("absences", folder / "absences.parquet")))


def test_the_first_of_several_files_is_compared_with_the_only_one_before(world: World, tmp_path: Path) -> None:
    import_catalog(world.shop)
    references = world.references()[:ITEMS]
    world.write_feed([(reference, 30 + n, 2) for n, reference in enumerate(references)])
    import_feed(world.feed)
    assert "gone (21)" in held(by_sku(world, "stock", *(f"{reference};50" for reference in references[:3])))
    import_feed(by_sku(world, "stock", *(f"{reference};5{n}" for n, reference in enumerate(references))))
    assert min(stocks(tmp_path).values()) >= 50  # what the only file said is over


def test_an_only_file_that_is_still_imported_beside_named_ones_is_told(world: World, sold: list[SupplierFeed]) -> None:
    world.write_feed([(reference, 30, 2) for reference in world.references()[:ITEMS]])
    import_feed(world.feed)
    assert "A file without a name is still imported" in import_feed(sold[1]).warnings[0]


def test_a_renamed_file_takes_the_place_of_the_old_one(world: World, tmp_path: Path) -> None:
    import_catalog(world.shop)
    first, second, *_ = world.references()
    old = by_sku(world, "old", f"{first};1", f"{second};2")
    import_feed(old)
    import_feed(sold_out(by_sku(world, "new", f"{first};3", replaces=["old"])))
    assert stocks(tmp_path) == {first: 3, second: 0}
    with pytest.raises(WrongSettingsError, match="in whose place `new` stands"):
        import_feed(write(old, f"{first};9", f"{second};9", header="symbol;stan"))
