"""What a shop is, found out from its tables."""

from __future__ import annotations

import pytest

from tasks.errors import WrongSettingsError
from tests.prestashop.bench import Bench


def test_every_version_is_recognised(any_shop: Bench, version: str) -> None:
    with any_shop.open() as shop:
        assert shop.info.version == version


def test_labels_of_combinations_are_found_by_their_table(any_shop: Bench, version: str) -> None:
    with any_shop.open() as shop:
        assert shop.info.combination_labels == (version in {"8.2.1", "9.1.4"})


def test_three_byte_columns_are_recognised(any_shop: Bench, version: str) -> None:
    with any_shop.open() as shop:
        assert shop.info.utf8mb3 == (version == "1.6.1.24")


def test_languages_of_the_shop(still: Bench) -> None:
    with still.open() as shop:
        assert [(one.id_lang, one.iso_code, one.locale, one.active) for one in shop.info.languages] == [
            (1, "pl", "pl-PL", True),
            (2, "en", "en-US", True),
        ]


def test_languages_of_1_6_have_a_locale_too(old: Bench) -> None:
    with old.open() as shop:
        assert [language.locale for language in shop.info.languages] == ["pl", "en-us"]


def test_a_language_of_another_shop_is_not_ours(bench: Bench) -> None:
    bench.sql("DELETE FROM ps_lang_shop WHERE id_lang = 2")
    with bench.open() as shop:
        assert [language.id_lang for language in shop.info.languages] == [1]


def test_an_inactive_language_is_marked(bench: Bench) -> None:
    bench.sql("UPDATE ps_lang SET active = 0 WHERE id_lang = 2")
    with bench.open() as shop:
        assert [language.active for language in shop.info.languages] == [True, False]


def test_stock_sharing_is_the_groups(sharing: Bench) -> None:
    with sharing.open() as shop:
        assert (shop.info.share_stock, shop.info.id_shop_group) == (True, 1)


@pytest.mark.parametrize(
    ("id_shop", "id_shop_group", "counts"), [("1", "NULL", True), ("NULL", "1", True), ("2", "NULL", False)]
)
def test_a_shops_own_setting_stands_before_the_global_one(
    bench: Bench, id_shop: str, id_shop_group: str, counts: bool
) -> None:
    bench.sql(
        "INSERT INTO ps_configuration (id_shop, id_shop_group, name, value, date_add, date_upd)"
        f" VALUES ({id_shop}, {id_shop_group}, 'PS_STOCK_MANAGEMENT', '0', now(), now())"
    )
    with bench.open() as shop:
        assert shop.info.stock_management != counts


def test_an_unknown_shop_names_those_there_are(still: Bench) -> None:
    with pytest.raises(WrongSettingsError, match=r"id_shop 5, found 1 \("), still.open(id_shop=5):
        pass


def test_a_wrong_prefix_names_those_there_are(still: Bench) -> None:
    with pytest.raises(WrongSettingsError, match="prefix `presta_`, found `ps_`"), still.open(table_prefix="presta_"):
        pass


def test_a_shop_beside_another_in_one_database(bench: Bench) -> None:
    for (table,) in bench.sql("SHOW TABLES"):
        bench.sql(f"CREATE TABLE b2b_{table[3:]} LIKE {table}")
        bench.sql(f"INSERT INTO b2b_{table[3:]} SELECT * FROM {table}")
    bench.sql("UPDATE b2b_configuration SET value = '8.1.0' WHERE name = 'PS_VERSION_DB'")
    with bench.open(table_prefix="b2b_") as shop:
        assert shop.info.version == "8.1.0"


def test_a_missing_key_is_told_with_its_statement(bench: Bench) -> None:
    bench.sql("ALTER TABLE ps_stock_available DROP KEY product_sqlstock")
    with pytest.raises(WrongSettingsError, match="ALTER TABLE `ps_stock_available` ADD UNIQUE KEY"), bench.open():
        pass


@pytest.mark.parametrize("name", ["PS_CATALOG_MODE", "PS_CURRENCY_DEFAULT"])
def test_a_shops_own_mode_and_currency_stand_before_the_global_ones(bench: Bench, name: str) -> None:
    bench.sql("INSERT INTO ps_currency (id_currency, name, iso_code, conversion_rate) VALUES (5, 'Euro', 'EUR', 4.2)")
    bench.sql(
        "INSERT INTO ps_configuration (id_shop, name, value, date_add, date_upd) VALUES (1, %s, %s, now(), now())",
        name,
        {"PS_CATALOG_MODE": "1", "PS_CURRENCY_DEFAULT": "5"}[name],
    )
    with bench.open() as shop:
        found = {"PS_CATALOG_MODE": shop.info.catalogue_mode, "PS_CURRENCY_DEFAULT": shop.info.default_currency}
    assert found == {"PS_CATALOG_MODE": False, "PS_CURRENCY_DEFAULT": "PLN", name: found[name]}
    assert found[name] in {True, "EUR"}


def test_an_installed_shop_is_no_mere_catalogue(any_shop: Bench) -> None:
    with any_shop.open() as shop:
        assert not shop.info.catalogue_mode


def test_a_currency_that_may_not_be_read_is_not_known(bench: Bench) -> None:
    bench.as_sync_user()
    with bench.open() as shop:
        assert (shop.info.default_currency, shop.info.switched_off) == (None, [])


def test_what_is_on_the_shelf_is_told_since_1_7(any_shop: Bench, version: str) -> None:
    with any_shop.open() as shop:
        assert shop.info.physical_quantity == (version != "1.6.1.24")


def test_a_shop_is_the_same_by_whichever_way_it_is_reached(still: Bench) -> None:
    with still.open() as shop, still.open(query={"unix_socket": str(still.server.socket)}) as other:
        assert shop.info.identity == other.info.identity
        assert shop.info.identity.endswith(f":{still.server.port}/{still.database}/ps_")


def test_brands_that_can_not_be_read_are_switched_off(bench: Bench) -> None:
    bench.as_sync_user()
    bench.sql(f"REVOKE SELECT ON ps_manufacturer FROM '{bench.user}'@'%'")
    with bench.open() as shop:
        assert shop.info.switched_off == ["brands"]


@pytest.mark.parametrize("table", ["product_supplier", "supplier"])
def test_tables_that_can_not_be_read_switch_their_features_off(bench: Bench, table: str) -> None:
    bench.as_sync_user()
    bench.sql(f"REVOKE SELECT ON ps_{table} FROM '{bench.user}'@'%'")
    bench.sql(f"REVOKE ALL PRIVILEGES ON ps_product_attribute_lang FROM '{bench.user}'@'%'")
    with bench.open() as shop:
        assert shop.info.switched_off == ["texts of combinations", "supplier references"]
