"""What an import leaves of a feed's block for the syncs."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from blocks import SupplierFeed, load_feed
from blocks.delivery import SupplierDelivery
from flows import import_catalog, import_feed
from tasks.errors import RexbitError
from tasks.state import open_state
from tests.flows.parts import part, write
from tests.flows.world import World
from tests.parquet import read

pytestmark = pytest.mark.slow

LATE = {"days_are": "working", "cut_off": "16:00"}


def known(folder: Path) -> list[dict[str, Any]]:
    """The rows of `suppliers`, with the time of the cut-off alone of the delivery settings."""
    with open_state() as state:
        rows = read(state.read("suppliers", folder / "suppliers.parquet"))
    return [{**row, "delivery": SupplierDelivery.model_validate_json(row["delivery"]).cut_off} for row in rows]


def cut_offs(folder: Path) -> list[str | None]:
    return [row["delivery"] for row in known(folder)]


def with_delivery(feed: SupplierFeed, **delivery: Any) -> SupplierFeed:
    return feed.model_copy(update={"delivery": SupplierDelivery(**delivery)})


@pytest.fixture
def feed(world: World) -> SupplierFeed:
    import_catalog(world.shop)
    world.write_feed([(reference, 30, 3) for reference in world.references()[:3]])
    return world.feed


def test_an_import_writes_them_and_a_second_one_does_not(feed: SupplierFeed, tmp_path: Path) -> None:
    import_feed(with_delivery(feed, **LATE))
    first = known(tmp_path)
    assert [(row["integration_id"], row["name"], row["delivery"]) for row in first] == [(6, "integration 6", "16:00")]
    import_feed(with_delivery(feed, **LATE))
    assert known(tmp_path) == first  # run_id too


def test_they_change_though_the_file_did_not(feed: SupplierFeed, tmp_path: Path) -> None:
    import_feed(feed)
    assert import_feed(with_delivery(feed, **LATE)).status == "unchanged"
    assert cut_offs(tmp_path) == ["16:00"]


def test_a_file_that_can_t_be_had_does_not_matter(feed: SupplierFeed, tmp_path: Path) -> None:
    import_feed(feed)
    Path(feed.source).unlink()
    with pytest.raises(RexbitError):
        import_feed(with_delivery(feed, **LATE))
    assert cut_offs(tmp_path) == ["16:00"]


def test_a_dry_run_writes_none(feed: SupplierFeed, tmp_path: Path) -> None:
    import_feed(with_delivery(feed, **LATE), dry_run=True)
    assert cut_offs(tmp_path) == []


def test_a_feed_that_is_switched_off_writes_none(feed: SupplierFeed, tmp_path: Path) -> None:
    import_feed(with_delivery(feed, **LATE).model_copy(update={"enabled": False}))
    assert cut_offs(tmp_path) == []


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_of_several_files_the_one_that_says_delivery_counts(
    world: World, order: tuple[int, int], tmp_path: Path
) -> None:
    import_catalog(world.shop)
    files = [
        with_delivery(write(part(world, "stock"), "a;30"), cut_off="09:00"),
        with_delivery(write(part(world, "delivery"), "a;3"), cut_off="16:00"),
    ]
    for _ in range(2):
        for place in order:
            import_feed(files[place])
    assert cut_offs(tmp_path) == ["16:00"]


def test_prices_are_net_or_gross_as_the_file_of_prices_says(world: World, tmp_path: Path) -> None:
    import_catalog(world.shop)
    prices = write(part(world, "price"), "a;1,50").model_copy(update={"price_kind": "gross"})
    for file in (write(part(world, "stock"), "a;30"), prices, write(part(world, "stock"), "a;31")):
        import_feed(with_delivery(file, cut_off="09:00" if file.part.name == "stock" else "16:00"))
    assert [(row["price_kind"], row["delivery"]) for row in known(tmp_path)] == [("gross", "09:00")]


def test_a_file_in_the_place_of_another_one_counts(world: World, tmp_path: Path) -> None:
    import_catalog(world.shop)
    import_feed(with_delivery(write(part(world, "stock"), "a;30"), cut_off="09:00"))
    renamed = part(world, "stock", name="zapas", replaces=["stock"])
    import_feed(with_delivery(write(renamed, "a;30"), cut_off="16:00"))
    assert cut_offs(tmp_path) == ["16:00"]


def test_closed_days_of_a_saved_block_come_back(feed: SupplierFeed) -> None:
    closed = [{"closed_from": "2026-12-24", "closed_to": "2027-01-03"}]
    with_delivery(feed, closed=closed).save("acme-closed", overwrite=True)
    summary = import_feed("acme-closed")
    assert summary.status == "completed"
    assert load_feed("acme-closed").delivery.closed[0].closed_to == date(2027, 1, 3)
