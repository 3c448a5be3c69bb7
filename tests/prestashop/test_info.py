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


@pytest.mark.parametrize("table", ["product_supplier", "supplier"])
def test_tables_that_can_not_be_read_switch_their_features_off(bench: Bench, table: str) -> None:
    bench.as_sync_user()
    bench.sql(f"REVOKE SELECT ON ps_{table} FROM '{bench.user}'@'%'")
    bench.sql(f"REVOKE ALL PRIVILEGES ON ps_product_attribute_lang FROM '{bench.user}'@'%'")
    with bench.open() as shop:
        assert shop.info.switched_off == ["texts of combinations", "supplier references"]
