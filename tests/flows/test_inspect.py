"""Inspecting a feed with a shop at hand, and saving its block."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import SecretStr

from blocks import FeedMapping, PrestashopDatabase, SupplierFeed, load_feed
from blocks.apply import read_blocks
from blocks.feed import MatchBy
from demo.shop import make_shop
from flows import import_catalog, import_feed, inspect_feed
from tasks import report
from tasks.errors import WrongSettingsError
from tests.flows.test_switched_off import held
from tests.flows.world import World


@pytest.fixture
def file(world: World) -> str:
    """A supplier's file of ten products of the shop, and one that it does not sell."""
    world.write_feed([*((reference, 30, 2) for reference in world.references()[:10]), ("obcy", 1, 1)])
    return world.feed.source


@pytest.mark.slow
def test_without_products_nothing_is_said_about_matches(file: str, caplog: pytest.LogCaptureFixture) -> None:
    seen = inspect_feed(file)
    assert (seen.match_rate, seen.unmatched_by_cause) == (None, {})
    assert "No product is known yet, so nothing can match: give `shop` too" in caplog.text


@pytest.mark.slow
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


@pytest.mark.slow
def test_a_name_that_is_taken_is_never_written_over(file: str) -> None:
    inspect_feed(file, integration_id=9, save_as="taken")
    before = load_feed("taken")
    with pytest.raises(WrongSettingsError, match="expected a name that no feed has, got `taken`"):
        inspect_feed(file, integration_id=10, save_as="taken")
    assert load_feed("taken").integration_id == before.integration_id == 9


@pytest.mark.slow
def test_a_block_is_not_saved_without_its_number(file: str) -> None:
    with pytest.raises(WrongSettingsError, match="expected `integration_id` as well"):
        inspect_feed(file, save_as="numberless")
    with pytest.raises(ValueError, match="does not exist"):
        load_feed("numberless")


@pytest.mark.parametrize(("integration_id", "contractor_id"), [(0, None), (-3, None), (6, 0)])
def test_a_number_that_no_block_can_have_is_refused(file: str, integration_id: int, contractor_id: int | None) -> None:
    with pytest.raises(WrongSettingsError, match="_id: expected a number from 1 on"):
        inspect_feed(file, integration_id=integration_id, contractor_id=contractor_id, save_as="wrong-number")
    with pytest.raises(ValueError, match="does not exist"):
        load_feed("wrong-number")


@pytest.mark.slow
def test_a_second_shop_is_imported_too(
    world: World, file: str, shop_database: Callable[..., str], shop_block: Callable[..., PrestashopDatabase]
) -> None:
    import_catalog(world.shop)
    other = shop_database("flow_shop_two")
    with world.mariadb.connect(other) as connection:
        make_shop(connection, products=40)
    block = shop_block(other).model_copy(update={"integration_id": 8})
    assert inspect_feed(file, shop=block).catalogue_items > 0
    assert inspect_feed(file, shop=block).catalogue_items == 0


@pytest.mark.slow
def test_examples_of_each_cause_are_shown(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    import_catalog(world.shop)
    world.write_feed((f"obcy-{n}", 1, 1) for n in range(8))
    shown: dict[str, list[object]] = {}
    monkeypatch.setattr(report, "publish", lambda *told: shown.update({one.title: one.rows for one in told[3]}))
    inspect_feed(world.feed)
    assert shown["Offers without a product"] == [{"cause": "no_product", "offers": 8, "share": "100.0%"}]
    assert len(shown["The first of them, by cause"]) == 5


@pytest.mark.slow
def test_offers_match_as_the_block_says(world: World, file: str) -> None:
    import_catalog(world.shop)
    by_ean = world.feed.model_copy(update={"match_by": MatchBy.EAN})
    assert (inspect_feed(world.feed).match_rate, inspect_feed(by_ean).match_rate) == (round(10 / 11, 4), 0.0)


@pytest.mark.slow
def test_a_name_that_is_taken_stops_before_the_catalogue_is_imported(world: World, home: Path, file: str) -> None:
    inspect_feed(file, integration_id=9, save_as="taken-before")
    before = held(home)
    with pytest.raises(WrongSettingsError, match="expected a name that no feed has"):
        inspect_feed(file, shop=world.shop, integration_id=9, save_as="taken-before")
    assert held(home) == before


@pytest.mark.parametrize("name", ["Acme Stock", "acme_stock", ""])
def test_a_name_that_no_block_can_have_is_refused(file: str, name: str) -> None:
    with pytest.raises(WrongSettingsError, match="expected small letters, digits and dashes"):
        inspect_feed(file, integration_id=9, save_as=name)


@pytest.mark.slow
def test_nothing_is_saved_of_a_file_that_is_not_understood(world: World) -> None:
    Path(world.feed.source).write_text("a;b\n1;2\n", encoding="utf-8")
    with pytest.raises(WrongSettingsError, match="expected a file that a block can be proposed for"):
        inspect_feed(world.feed.source, integration_id=9, save_as="not-understood")
    with pytest.raises(ValueError, match="does not exist"):
        load_feed("not-understood")


@pytest.mark.slow
def test_what_is_saved_is_what_is_printed(file: str) -> None:
    seen = inspect_feed(file, integration_id=9, contractor_id=4, save_as="as-printed")
    (printed,) = read_blocks(seen.block_yaml, {}).values()
    saved = load_feed("as-printed")
    assert isinstance(printed, SupplierFeed)
    assert (saved.integration_id, saved.contractor_id, saved.enabled) == (9, 4, False)
    names = SupplierFeed.model_fields.keys() - {"enabled"}
    assert {name: getattr(saved, name) for name in names} == {name: getattr(printed, name) for name in names}


@pytest.mark.slow
def test_a_block_with_a_guess_keeps_its_way_to_the_source_and_gets_what_was_recognised(world: World, file: str) -> None:
    guess = FeedMapping(sku="?", stock_quantity="??")
    block = world.feed.model_copy(update={"mapping": guess, "username": "anna", "password": SecretStr("se-cret")})
    seen = inspect_feed(block, save_as="recognised")
    saved = load_feed("recognised")
    assert (saved.mapping.sku, saved.username, saved.integration_id) == ("Symbol", "anna", 6)
    assert saved.password
    assert saved.password.get_secret_value() == "se-cret"
    assert ("se-cret" in seen.block_yaml, "${ACME_PASSWORD}" in seen.block_yaml) == (False, True)


@pytest.mark.slow
def test_a_number_that_has_links_already_is_told(world: World, file: str, caplog: pytest.LogCaptureFixture) -> None:
    import_catalog(world.shop)
    inspect_feed(file, integration_id=world.shop.integration_id, save_as="number-of-the-shop")
    assert "Integration 7 has links already" in caplog.text


@pytest.mark.slow
def test_a_file_with_too_many_rejects_is_still_explained(world: World) -> None:
    world.write_feed([*((reference, 30, 2) for reference in world.references()[:6]), *[("", 1, 1)] * 4])
    seen = inspect_feed(world.feed)
    assert (seen.rows, seen.rows_rejected, seen.sold_at_threshold[20]) == (10, 4, 1.0)
