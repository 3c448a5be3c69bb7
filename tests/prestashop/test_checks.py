"""The checks of a shop, with what was found and how to fix it."""

from __future__ import annotations

import pytest

from blocks import AvailabilityPolicy, LanguageTexts
from tasks.prestashop.database.checks import checks
from tests.prestashop.bench import Bench, looked


def test_a_shop_that_is_set_up_right(bench: Bench) -> None:
    found = looked(bench.as_sync_user())
    assert {name: check.ok for name, check in found.items()} == dict.fromkeys(
        ["connection", "table prefix", "grants needed", "grants not needed", "version", "languages", "texts",
         "stock rows", "key of product_lang", "key of product_attribute_lang", "key of stock_available",
         "storage engine", "stock management", "catalogue mode", "features", "switched on"],
        True,
    )  # fmt: skip


def test_every_version_is_right(any_shop: Bench) -> None:
    unlike = {"grants not needed"}  # the tests' administrator may do everything
    assert {name for name, check in looked(any_shop).items() if not check.ok} == unlike


def test_every_finding_that_is_not_right_says_how_to_fix_it(still: Bench) -> None:
    found = looked(still, product_listing_enabled=False, policy=AvailabilityPolicy(), languages=["pl", "cs"])
    wrong = [check for check in found.values() if not check.ok]
    assert [check.name for check in wrong if not check.fix] == []
    assert {check.name for check in wrong} == {"grants not needed", "languages", "switched on"}


def test_a_connection_that_fails_is_the_only_finding(still: Bench) -> None:
    (check,) = checks(still.block(password="hunter2"))
    assert (check.name, check.ok) == ("connection", False)
    assert "hunter2" not in check.found


def test_a_wrong_prefix_lists_those_there_are(still: Bench) -> None:
    check = looked(still, table_prefix="presta_")["table prefix"]
    assert (check.ok, check.found) == (False, "`ps_`")


def test_a_shop_that_does_not_exist_ends_the_list(still: Bench) -> None:
    found = looked(still, id_shop=9)
    assert list(found)[-1] == "grants not needed"
    assert "id_shop 9, found 1 (" in found["shop"].found


def test_a_language_without_texts(still: Bench) -> None:
    check = looked(still, policy=AvailabilityPolicy(texts=[LanguageTexts(language="pl")]))["languages"]
    assert (check.ok, check.fix) == (False, "Add an entry with the texts for en to the policy.")


def test_a_language_that_is_not_written_needs_no_texts(still: Bench) -> None:
    policy = AvailabilityPolicy(texts=[LanguageTexts(language="pl")])
    assert looked(still, policy=policy, languages=["pl"])["languages"].ok


def test_a_language_that_the_shop_does_not_have(still: Bench) -> None:
    check = looked(still, languages=["pl", "cs"])["languages"]
    assert check.fix == "Remove cs from `Languages`: the shop has no such active language."


def test_texts_that_do_not_fit_the_shop(old: Bench) -> None:
    texts = [LanguageTexts(language="pl", available="Jest 🦊"), LanguageTexts(language="en")]
    check = looked(old, policy=AvailabilityPolicy(texts=texts))["texts"]
    assert (check.ok, check.expected) == (False, "at most 255 characters, none of 4 bytes")


def test_whose_stock_rows_count(still: Bench, sharing: Bench) -> None:
    assert "shop 1: id_shop=1, id_shop_group=0" in looked(still)["stock rows"].expected
    assert "group 1 (shared): id_shop=0, id_shop_group=1" in looked(sharing)["stock rows"].expected


def test_no_stock_rows_in_the_scope_is_shown(bench: Bench) -> None:
    bench.sql("UPDATE ps_shop_group SET share_stock = 1")
    bench.sql("DELETE FROM ps_stock_available WHERE id_shop = 0")
    check = looked(bench)["stock rows"]
    assert (check.ok, check.found) == (None, "0 products there, 60 rows elsewhere, which are left alone")


def test_a_key_that_is_gone(bench: Bench) -> None:
    bench.sql("ALTER TABLE ps_stock_available DROP KEY product_sqlstock")
    check = looked(bench)["key of stock_available"]
    assert (check.ok, check.found) == (False, "none")
    bench.sql(check.fix.split(": ")[1].split(";")[0])
    assert looked(bench)["key of stock_available"].ok


def test_tables_without_transactions(bench: Bench) -> None:
    bench.sql("ALTER TABLE ps_product_lang ENGINE = MyISAM")
    check = looked(bench)["storage engine"]
    assert "ALTER TABLE `ps_product_lang` ENGINE = InnoDB;" in check.fix


def test_stock_management_that_is_off(bench: Bench) -> None:
    bench.sql("UPDATE ps_configuration SET value = '0' WHERE name = 'PS_STOCK_MANAGEMENT'")
    assert looked(bench)["stock management"].found == "off: everything can be ordered, whatever is written"


def test_an_untested_version_is_shown(bench: Bench) -> None:
    bench.sql("UPDATE ps_configuration SET value = '10.0.0' WHERE name = 'PS_VERSION_DB'")
    assert looked(bench)["version"].ok is None


def test_a_missing_grant_is_a_statement_to_copy(bench: Bench) -> None:
    bench.as_sync_user()
    bench.sql(f"REVOKE SELECT ON ps_lang FROM '{bench.user}'@'%'")
    bench.sql(f"REVOKE UPDATE (available_later) ON ps_product_lang FROM '{bench.user}'@'%'")
    assert looked(bench)["grants needed"].fix.splitlines()[1:] == [
        f"GRANT SELECT ON `{bench.database}`.`ps_lang` TO '{bench.user}'@'%';",
        f"GRANT UPDATE (`available_later`) ON `{bench.database}`.`ps_product_lang` TO '{bench.user}'@'%';",
    ]


def user_with(bench: Bench, *grants: str) -> Bench:
    """Come as a fresh user with these grants; `{db}`, `{pattern}` and `{me}` are filled in."""
    name = f"{bench.database}_other"
    words = {"db": bench.database, "pattern": bench.database.replace("_", "\\_"), "me": f"'{name}'@'%'"}
    bench.sql(f"CREATE OR REPLACE USER {words['me']} IDENTIFIED BY 'x'")
    for grant in grants:
        bench.sql(grant.format(**words))
    bench.user, bench.password = name, "x"
    return bench


TOO_MANY = {
    "everything everywhere": ["GRANT ALL PRIVILEGES ON *.* TO {me} WITH GRANT OPTION"],
    "everything in the database": ["GRANT ALL PRIVILEGES ON `{pattern}`.* TO {me}"],
    "whole tables": ["GRANT SELECT, UPDATE ON `{db}`.* TO {me}"],
    "more columns": ["GRANT UPDATE (out_of_stock, quantity) ON `{db}`.ps_stock_available TO {me}",
                     "GRANT SELECT ON `{db}`.* TO {me}"],
    "other verbs": ["GRANT INSERT, DELETE, SELECT ON `{db}`.ps_stock_available TO {me}",
                    "GRANT SELECT ON `{db}`.* TO {me}"],
    "one table of a whole": ["GRANT UPDATE ON `{db}`.ps_product_lang TO {me}", "GRANT SELECT ON `{db}`.* TO {me}"],
    "by a role": ["CREATE OR REPLACE ROLE `{db}_role`", "GRANT ALL PRIVILEGES ON `{db}`.* TO `{db}_role`",
                  "GRANT `{db}_role` TO {me}", "SET DEFAULT ROLE `{db}_role` FOR {me}"],
}  # fmt: skip


@pytest.mark.parametrize("case", TOO_MANY)
def test_what_is_too_many_is_to_fix(bench: Bench, case: str) -> None:
    assert looked(user_with(bench, *TOO_MANY[case]))["grants not needed"].ok is False


@pytest.mark.parametrize("case", TOO_MANY)
def test_running_the_fixes_leaves_exactly_what_is_needed(bench: Bench, case: str) -> None:
    user_with(bench, *TOO_MANY[case])
    for name in ("grants not needed", "grants needed"):
        for statement in looked(bench)[name].fix.splitlines()[1:]:
            bench.sql(statement)
    found = looked(bench)
    assert (found["grants needed"].ok, found["grants not needed"].ok) == (True, True)


def test_reading_the_whole_database_is_shown_but_not_wrong(bench: Bench) -> None:
    bench.as_sync_user()
    bench.sql(f"GRANT SELECT ON `{bench.database}`.* TO '{bench.user}'@'%'")
    check = looked(bench)["grants not needed"]
    assert (check.ok, check.found) == (None, f"SELECT on `{bench.database}`.*")


def test_no_grants_at_all(bench: Bench) -> None:
    found = looked(user_with(bench, "GRANT SELECT ON `{db}`.ps_manufacturer TO {me}"))
    assert [name for name, check in found.items() if check.ok is False] == ["table prefix", "shop", "grants needed"]
