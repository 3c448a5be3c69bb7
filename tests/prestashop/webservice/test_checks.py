"""What is found to be wrong with a shop's Webservice, and what to do about it."""

from __future__ import annotations

from typing import Any

import pytest

from tasks.prestashop.opening import checks
from tasks.summaries import Check
from tests.prestashop.bench import looked
from tests.prestashop.webservice.conftest import Remote

READ = frozenset({"GET", "HEAD"})
OF_THE_DATABASE_ONLY = {"table prefix", "grants needed", "grants not needed", "storage engine"}


def found(remote: Remote, **settings: Any) -> dict[str, Check]:
    return {check.name: check for check in checks(remote.block(**settings))}


def test_a_shop_that_is_set_up_right(remote: Remote) -> None:
    assert {name: check.ok for name, check in found(remote).items() if not check.ok} == {}


def test_the_names_are_those_of_the_database(remote: Remote) -> None:
    theirs = {name for name in looked(remote.bench) if not name.startswith("key of")} - OF_THE_DATABASE_ONLY
    assert set(found(remote)) == theirs | {"permissions needed", "permissions not needed"}


def test_what_to_tick(remote: Remote) -> None:
    remote.service.permissions["stock_availables"] = READ
    del remote.service.permissions["shop_groups"]
    checked = found(remote)
    assert checked["permissions needed"].fix.startswith(
        "Tick View (GET) of `shop_groups`; Modify partially (PATCH) or Modify (PUT) of `stock_availables` in the back"
    )
    assert "version" not in checked


@pytest.mark.slow
def test_patch_or_put_are_enough(remote: Remote) -> None:
    for resource in ("products", "combinations"):
        remote.service.permissions[resource] = READ | {"PUT"}
    remote.service.permissions["stock_availables"] = READ | {"PATCH"}
    assert found(remote)["permissions needed"].ok


@pytest.mark.slow
def test_a_block_needs_no_right_to_what_another_writes(remote: Remote) -> None:
    remote.service.permissions["stock_availables"] = remote.service.permissions["combinations"] = READ
    assert found(remote)["permissions needed"].ok is False
    assert found(remote, texts_only=True)["permissions needed"].ok


def test_writing_more_than_needed_is_to_be_fixed(remote: Remote) -> None:
    remote.service.permissions["suppliers"] = READ | {"PUT"}
    check = found(remote)["permissions not needed"]
    assert (check.ok, check.found) == (False, "Modify (PUT) of `suppliers`")


@pytest.mark.slow
def test_deleting_products_is_more_than_needed(remote: Remote) -> None:
    remote.service.permissions["products"] = READ | {"PUT", "PATCH", "DELETE", "POST"}
    assert found(remote)["permissions not needed"].found == "DELETE of `products`; POST of `products`"


def test_a_wrong_key_ends_the_list(remote: Remote) -> None:
    (check,) = checks(remote.block(api_key="A" * 32))
    assert (check.name, check.ok) == ("connection", False)
    assert "the shop refuses the key" in check.found


@pytest.mark.slow
def test_a_shop_without_stock_rows(own: Remote) -> None:
    own.bench.sql("DELETE FROM ps_stock_available")
    assert found(own)["stock rows"].ok is None


@pytest.mark.slow
def test_switches_of_the_shop(own: Remote) -> None:
    own.bench.sql("UPDATE ps_configuration SET value = '0' WHERE name = 'PS_STOCK_MANAGEMENT'")
    own.bench.sql("INSERT INTO ps_configuration (name, value, date_add, date_upd) VALUES ('PS_CATALOG_MODE', 1, 0, 0)")
    checked = found(own)
    assert (checked["stock management"].ok, checked["catalogue mode"].ok) == (False, None)
    assert not found(own, product_listing_enabled=False)["switched on"].ok


@pytest.mark.slow
def test_features_that_are_off_name_what_to_tick(remote: Remote) -> None:
    del remote.service.permissions["manufacturers"]
    check = found(remote)["features"]
    assert check.ok is None
    assert check.fix.startswith("Tick View (GET) of `manufacturers` in the back office")
