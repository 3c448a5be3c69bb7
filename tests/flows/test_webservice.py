"""Flows of a shop that is reached through its Webservice: none of them knows which way it goes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from blocks import PrestashopWebservice
from blocks.apply import save
from demo.webservice import Webservice, start_webservice
from flows import check_integration, import_catalog, import_feed, sync_availability
from tests.flows.world import TEXTS, World


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
