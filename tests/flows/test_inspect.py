"""Inspecting a feed with a shop at hand, saving its block, and reading archived files by another mapping."""

from __future__ import annotations

from pathlib import Path

import pytest

from blocks import SupplierFeed, load_feed
from flows import import_catalog, import_feed, inspect_feed
from tasks import archive
from tasks.errors import WrongSettingsError
from tests.flows.world import AT_ONCE, World


@pytest.fixture
def file(world: World) -> str:
    """A supplier's file of ten products of the shop, and one that it does not sell."""
    world.write_feed([*((reference, 30, 2) for reference in world.references()[:10]), ("obcy", 1, 1)])
    return world.feed.source


def test_without_products_nothing_is_said_about_matches(file: str, caplog: pytest.LogCaptureFixture) -> None:
    seen = inspect_feed(file)
    assert (seen.match_rate, seen.unmatched_by_cause) == (None, {})
    assert "No product is known yet, so nothing can match: give `shop` too" in caplog.text


def test_a_shop_is_imported_first_where_no_product_is_known(world: World, file: str) -> None:
    seen = inspect_feed(file, shop=world.shop)
    assert (seen.match_rate, seen.unmatched_by_cause) == (round(10 / 11, 4), {"no_product": 1})


def test_a_saved_block_is_switched_off_until_a_person_turns_it_on(world: World, file: str) -> None:
    import_catalog(world.shop)
    seen = inspect_feed(file, integration_id=9, save_as="switched-off")
    assert seen.saved_as == "supplier-feed/switched-off"
    saved = load_feed("switched-off")
    done = import_feed("switched-off")
    assert (done.status, done.created, done.snapshot_id) == ("switched_off", 0, None)
    assert import_feed("switched-off", dry_run=True).created == 10
    assert (saved.enabled, saved.integration_id) == (False, 9)


def test_a_name_that_is_taken_is_never_written_over(file: str) -> None:
    inspect_feed(file, integration_id=9, save_as="taken")
    before = load_feed("taken")
    with pytest.raises(WrongSettingsError, match="expected a name that no feed has, got `taken`"):
        inspect_feed(file, integration_id=10, save_as="taken")
    assert load_feed("taken").integration_id == before.integration_id == 9


def test_a_block_is_not_saved_without_its_number(file: str) -> None:
    with pytest.raises(WrongSettingsError, match="expected `integration_id` as well"):
        inspect_feed(file, save_as="numberless")
    with pytest.raises(ValueError, match="does not exist"):
        load_feed("numberless")


def priced(world: World, day: int, *, decimal: str = "auto") -> SupplierFeed:
    """A file whose stock has a point that may be of thousands, and the block that reads it."""
    lines = [f"{reference};1.{500 + day};2" for reference in world.references()[:10]]
    Path(world.feed.source).write_text("\n".join(["Symbol;Stan;Termin", *lines, ""]), encoding="utf-8")
    mapping = {"sku": "Symbol", "stock_quantity": "Stan", "delivery_days": "Termin"}
    return SupplierFeed(integration_id=6, source=world.feed.source, mapping=mapping, decimal=decimal, fetching=AT_ONCE)


def test_archived_files_show_what_another_setting_would_change(world: World) -> None:
    import_catalog(world.shop)
    for day in range(3):
        import_feed(priced(world, day, decimal="comma"))  # 1.500 pieces are fifteen hundred
    same = inspect_feed(priced(world, 2, decimal="comma"), replay=2).replayed
    assert [(one["offers_now"], one["other_stock"], one["switched_off"]) for one in same] == [(10, 0, 0), (10, 0, 0)]
    other = inspect_feed(priced(world, 2, decimal="point"), replay=5).replayed
    assert [(one["offers_now"], one["other_stock"], one["gone"]) for one in other] == [(10, 10, 0)] * 3
    assert other[0]["verdict"]
    assert import_feed(priced(world, 2, decimal="comma")).status == "unchanged"  # nothing was kept of it


def test_a_file_that_is_not_kept_or_not_read_is_said(world: World) -> None:
    import_catalog(world.shop)
    for day in range(2):
        imported = import_feed(priced(world, day, decimal="comma"))
    (archive.find("feeds", 6, str(imported.snapshot_id)) / "raw.zst").unlink()
    feed = priced(world, 1).model_copy(update={"delimiter": "|"})
    faults = [one["fault"] for one in inspect_feed(feed, replay=5).replayed]
    assert faults[0] == "the file itself is not kept any more"
    assert faults[1].startswith("would be refused: ")
