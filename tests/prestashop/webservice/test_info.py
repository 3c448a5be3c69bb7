"""What a shop is, as its Webservice tells: the same as its database tells, where both can know it."""

from __future__ import annotations

import pytest

from tasks.errors import WrongSettingsError
from tests.prestashop.bench import Bench
from tests.prestashop.webservice.conftest import Remote, Serve

ONLY_ONE_CAN_KNOW = {"server", "identity", "physical_quantity"}


@pytest.mark.slow
def test_every_version_tells_the_same_as_its_database(any_shop: Bench, serve: Serve) -> None:
    with any_shop.open() as by_database, serve(any_shop).open() as shop:
        assert shop.info.model_dump(exclude=ONLY_ONE_CAN_KNOW) == by_database.info.model_dump(exclude=ONLY_ONE_CAN_KNOW)


def test_the_shop_tells_what_its_database_tells(remote: Remote) -> None:
    with remote.bench.open() as by_database, remote.open() as shop:
        assert shop.info.model_dump(exclude=ONLY_ONE_CAN_KNOW) == by_database.info.model_dump(exclude=ONLY_ONE_CAN_KNOW)


def test_opening_costs_seven_requests(remote: Remote) -> None:
    with remote.open():
        pass
    assert len(remote.service.requests) == 7


def test_stock_sharing_is_the_groups(sharing: Bench, serve: Serve) -> None:
    with serve(sharing).open() as shop:
        assert (shop.info.share_stock, shop.info.id_shop_group) == (True, 1)


@pytest.mark.slow
def test_an_inactive_language_is_marked(own: Remote) -> None:
    own.bench.sql("UPDATE ps_lang SET active = 0 WHERE id_lang = 2")
    with own.open() as shop:
        assert [language.active for language in shop.info.languages] == [True, False]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("id_shop", "id_shop_group", "counts"),
    [("1", "NULL", True), ("NULL", "1", True), ("2", "NULL", False), ("NULL", "2", False), ("1", "1", True)],
)
def test_a_shops_own_setting_stands_before_the_global_one(
    own: Remote, id_shop: str, id_shop_group: str, counts: bool
) -> None:
    own.bench.sql(
        "INSERT INTO ps_configuration (id_shop, id_shop_group, name, value, date_add, date_upd)"
        f" VALUES ({id_shop}, {id_shop_group}, 'PS_STOCK_MANAGEMENT', '0', now(), now())"
    )
    with own.open() as shop:
        assert shop.info.stock_management != counts


@pytest.mark.slow
def test_also_where_the_global_one_was_made_later(own: Remote) -> None:
    row = "(id_shop, name, value, date_add, date_upd) VALUES (%s, 'PS_STOCK_MANAGEMENT', %s, now(), now())"
    own.bench.sql("DELETE FROM ps_configuration WHERE name = 'PS_STOCK_MANAGEMENT'")
    own.bench.sql(f"INSERT INTO ps_configuration {row}", 1, "0")
    own.bench.sql(f"INSERT INTO ps_configuration {row}", None, "1")
    with own.open() as shop:
        assert not shop.info.stock_management


def test_what_the_key_may_not_read_is_named_all_at_once(remote: Remote) -> None:
    del remote.service.permissions["shops"], remote.service.permissions["languages"]
    with pytest.raises(WrongSettingsError, match=r"may not read languages, shops. Tick View \(GET\)"), remote.open():
        pass


@pytest.mark.slow
def test_features_whose_resources_may_not_be_read_are_switched_off(remote: Remote) -> None:
    for resource in ("suppliers", "manufacturers", "currencies"):
        del remote.service.permissions[resource]
    with remote.open() as shop:
        assert (shop.info.switched_off, shop.info.default_currency) == (["supplier references", "brands"], None)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("address", "identity"),
    [
        ("https://Sklep.pl", "webservice sklep.pl/"),
        ("https://sklep.pl:443/", "webservice sklep.pl/"),
        ("https://sklep.pl:8443/shop/api/", "webservice sklep.pl:8443/shop/"),
    ],
)
def test_a_shop_is_known_by_its_address(remote: Remote, address: str, identity: str) -> None:
    from tasks.prestashop.webservice.info import _identity

    assert _identity(remote.block(base_url=address).base_url) == identity
