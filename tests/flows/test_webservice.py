"""Flows of a shop that is reached through its Webservice: none of them knows which way it goes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from blocks import PrestashopWebservice
from blocks.apply import save
from demo.webservice import Webservice, start_webservice
from flows import check_integration, import_catalog, import_feed, sync_availability
from tests.flows.test_multistore import COPIED, own_stock, second_shop
from tests.flows.test_versions import share_stock
from tests.flows.world import TEXTS, World

OF_EACH_SHOP = (*COPIED, "stock_available")


@pytest.fixture
def service(world: World) -> Iterator[Webservice]:
    """The Webservice of the world's shop."""
    with start_webservice(world.mariadb, world.database) as running:
        yield running


@pytest.fixture
def shop(service: Webservice) -> PrestashopWebservice:
    return PrestashopWebservice(
        integration_id=7,
        base_url=service.url,
        api_key=service.key,
        product_listing_enabled=True,
        policy={"texts": TEXTS},
    )


@pytest.mark.slow
def test_a_dry_run_plans_what_it_plans_by_the_database(
    world: World, shop: PrestashopWebservice, service: Webservice
) -> None:
    world.write_feed([(reference, 30, 3) for reference in world.references()[:5]])
    imported = import_catalog(shop)
    import_feed(world.feed)
    planned = sync_availability(shop, dry_run=True)
    by_database = sync_availability(world.shop, dry_run=True)
    assert imported.products_read == import_catalog(world.shop).products_read
    assert (planned.changed, planned.enabled, planned.wanted) == (5, by_database.enabled, by_database.wanted)
    assert {one.method for one in service.requests} == {"GET"}


@pytest.mark.slow
def test_a_saved_block_is_checked_by_its_name(shop: PrestashopWebservice, world: World) -> None:
    save("sklep-by-webservice", shop)
    found = {check.name: check for check in check_integration("sklep-by-webservice").checks}
    assert {"connection", "permissions needed", "languages", "one writer", "state database"} <= set(found)
    assert [name for name, check in found.items() if check.ok is False] == []


@pytest.mark.slow
@pytest.mark.parametrize("share", [False, True])
def test_a_second_shop_is_written_and_the_first_one_stays(
    world: World, shop: PrestashopWebservice, service: Webservice, *, share: bool
) -> None:
    second_shop(world)
    own_stock(world)
    if share:
        share_stock(world)
    second = shop.model_copy(update={"integration_id": 8, "id_shop": 2})
    world.write_feed([(reference, 30, 3) for reference in world.references()[:5]])
    import_catalog(second)
    import_feed(world.feed)
    first = [world.query(f"SELECT * FROM ps_{table} WHERE id_shop = 1 ORDER BY 1, 2, 3") for table in OF_EACH_SHOP]
    synced = sync_availability(second)
    assert (synced.written, synced.failed, synced.left) == (5, 0, 0)
    held = "SELECT DISTINCT id_shop, id_shop_group FROM ps_stock_available WHERE out_of_stock = 1 AND id_product < 6"
    assert [row["id_shop"] for row in world.query(held) if row["id_shop"] != 1] == [0 if share else 2]
    assert first == [
        world.query(f"SELECT * FROM ps_{table} WHERE id_shop = 1 ORDER BY 1, 2, 3") for table in OF_EACH_SHOP
    ]
    assert sync_availability(second, compare="shop").status == "unchanged"
