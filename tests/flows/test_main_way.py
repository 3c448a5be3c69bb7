"""From feed to shop and back: what is written, what is not, and that a second run changes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from flows import import_catalog, import_feed, link_products, sync_availability
from tasks.errors import Refused
from tasks.summaries import SyncSummary
from tests.flows.world import World


def run_all(world: World, **sync: Any) -> SyncSummary:
    import_catalog(world.shop)
    import_feed(world.feed)
    summary: SyncSummary = sync_availability(world.shop, **sync)
    return summary


def test_the_whole_way(world: World, state_url: str) -> None:
    on, off, days_1, *_ = world.references()
    world.write_feed([(on, 20, 3), (off, 19, 3), (days_1, 500, 1)])
    run_all(world)
    assert [(world.flag(r), world.text(r, "pl"), world.text(r, "en")) for r in (on, off, days_1)] == [
        (1, "Wysyłka za 3 dni", "Ships in 3 days"),
        (0, "Produkt niedostępny", "Not available"),
        (1, "Wysyłka za 1 dzień", "Ships in 1 day"),
    ]


def test_a_second_run_of_each_flow_changes_nothing(world: World, state_url: str) -> None:
    world.write_feed([(reference, 30, 2) for reference in world.references()])
    run_all(world)
    shop = world.everything()
    assert import_catalog(world.shop).status == "unchanged"
    again = import_feed(world.feed)
    assert (again.status, again.created, again.updated) == ("unchanged", 0, 0)
    assert link_products(world.feed).status == "unchanged"
    sync = sync_availability(world.shop)
    assert (sync.status, sync.changed, sync.rows_written) == ("unchanged", 0, 0)
    assert world.everything() == shop


def test_only_what_changed_is_written(world: World) -> None:
    first, second, third, *_ = world.references()
    world.write_feed([(first, 30, 2), (second, 30, 2), (third, 30, 2)])
    run_all(world)
    world.write_feed([(first, 30, 2), (second, 30, 7), (third, 3, 2)])
    assert import_feed(world.feed).updated == 2
    sync = sync_availability(world.shop)
    assert (sync.changed, sync.written, sync.disabled) == (2, 2, 1)
    assert (world.text(second, "pl"), world.flag(third)) == ("Wysyłka za 7 dni", 0)


def test_nothing_but_flag_and_later_text_of_managed_products_is_touched(world: World) -> None:
    ours = world.references()[0]
    before = world.everything()
    world.write_feed([(ours, 30, 2)])
    run_all(world)
    id_product = world.query("SELECT id_product FROM ps_product WHERE reference = %s", ours)[0]["id_product"]
    for table, rows in world.everything().items():
        for old, new in zip(before[table], rows, strict=True):
            changed = {name for name in new if new[name] != old[name]}
            if old["id_product" if "id_product" in old else "id_product_attribute"] == id_product:
                changed -= {"out_of_stock"} if table == "stock_available" else {"available_later"}
            assert changed == set(), (table, old)


def test_a_dry_run_writes_nothing(world: World) -> None:
    world.write_feed([(reference, 30, 2) for reference in world.references()])
    import_catalog(world.shop)
    assert import_feed(world.feed, dry_run=True).created > 0
    import_feed(world.feed)
    before = world.everything()
    planned = sync_availability(world.shop, dry_run=True)
    assert (planned.changed > 0, planned.written, world.everything() == before) == (True, 0, True)
    assert sync_availability(world.shop).written == planned.changed


@pytest.mark.slow
def test_limit_writes_the_first_changed_products(world: World) -> None:
    world.write_feed([(reference, 30, 2) for reference in world.references()])
    first = run_all(world, limit=3)
    second = sync_availability(world.shop)
    assert (first.written, second.written) == (3, first.changed - 3)


@pytest.mark.slow
def test_contractor_chooses_products(world: World) -> None:
    world.write_feed([(world.references()[0], 30, 2)])
    assert run_all(world, contractor=4).wanted == 0
    assert sync_availability(world.shop, contractor=5).written == 1


@pytest.mark.slow
def test_a_new_product_of_the_shop_joins_by_itself(world: World) -> None:
    known, new, *_ = world.references()
    world.write_feed([(known, 30, 2), ("NEW-1", 30, 2)])
    run_all(world)
    world.execute("UPDATE ps_product SET reference = 'NEW-1' WHERE reference = %s", new)
    sync_availability(world.shop)
    assert import_feed(world.feed).created == 1
    assert sync_availability(world.shop).written == 1


def test_compare_with_the_shop_finds_what_others_changed(world: World) -> None:
    ours = world.references()[0]
    world.write_feed([(ours, 30, 2)])
    run_all(world)
    world.execute(
        "UPDATE ps_stock_available SET out_of_stock = 0 WHERE id_product IN"
        " (SELECT id_product FROM ps_product WHERE reference = %s)",
        ours,
    )
    assert sync_availability(world.shop).changed == 0
    audit = sync_availability(world.shop, compare="shop")
    assert (audit.written, audit.drifted, audit.repaired, world.flag(ours)) == (1, 1, 1, 1)


@pytest.mark.slow
def test_a_shop_that_is_switched_off_is_not_written(world: World) -> None:
    world.write_feed([(world.references()[0], 30, 2)])
    off = world.shop.model_copy(update={"product_listing_enabled": False})
    with pytest.raises(Refused, match="switched off") as refused:
        sync_availability(off)
    assert refused.value.summary.status == "refused"
    assert sync_availability(off, dry_run=True).status == "unchanged"


def test_a_language_without_texts_stops_before_the_first_write(world: World) -> None:
    world.write_feed([(world.references()[0], 30, 2)])
    import_catalog(world.shop)
    import_feed(world.feed)
    before = world.everything()
    policy = world.shop.policy.model_copy(update={"texts": world.shop.policy.texts[:1]})
    with pytest.raises(Refused, match="found none for en"):
        sync_availability(world.shop.model_copy(update={"policy": policy}))
    assert world.everything() == before
