"""What SHOW GRANTS says, and what is missing or too many."""

from __future__ import annotations

import pytest

from tasks.prestashop.database.grants import Grant, Need, account, missing, parse_grants, surplus

NOTHING: frozenset[str] = frozenset()
ME = "`sync`@`%`"


def grant(privilege: str, database: str = "shop", table: str = "*", *columns: str, to: str = ME) -> Grant:
    return Grant(privilege, frozenset(columns), database, table, to)


@pytest.mark.parametrize(
    ("line", "grants"),
    [
        ("GRANT USAGE ON *.* TO `sync`@`%` IDENTIFIED BY PASSWORD '*D821809F681A40A6E379B50D0463EFAE20BDD122'", []),
        ("GRANT ALL PRIVILEGES ON *.* TO `sync`@`%`", [grant("ALL PRIVILEGES", "*")]),
        ("GRANT ALL PRIVILEGES ON `shop`.* TO 'sync'@'%'", [grant("ALL PRIVILEGES", to="'sync'@'%'")]),
        (
            "GRANT ALL PRIVILEGES ON *.* TO `sync`@`%` IDENTIFIED BY PASSWORD '*D8' WITH GRANT OPTION",
            [grant("ALL PRIVILEGES", "*"), grant("GRANT OPTION", "*")],
        ),
        ("GRANT SELECT ON `shop\\_db`.* TO `sync`@`%`", [grant("SELECT", "shop\\_db")]),
        ("GRANT SELECT, INSERT ON `shop`.`ps_lang` TO `sync`@`%`",
         [grant("SELECT", "shop", "ps_lang"), grant("INSERT", "shop", "ps_lang")]),
        ("GRANT SELECT, UPDATE (`available_later`, `available_now`) ON `shop`.`t` TO `sync`@`%`",
         [grant("SELECT", "shop", "t"), grant("UPDATE", "shop", "t", "available_later", "available_now")]),
        ("GRANT INSERT (`a`), UPDATE (`a`, `b`), REFERENCES (`c`) ON `shop`.`t` TO `sync`@`%`",
         [grant("INSERT", "shop", "t", "a"), grant("UPDATE", "shop", "t", "a", "b"),
          grant("REFERENCES", "shop", "t", "c")]),
        ("GRANT SELECT, UPDATE (out_of_stock) ON shop.t TO 'sync'@'10.0.0.%'",
         [grant("SELECT", "shop", "t", to="'sync'@'10.0.0.%'"),
          grant("UPDATE", "shop", "t", "out_of_stock", to="'sync'@'10.0.0.%'")]),
        ("GRANT CREATE TEMPORARY TABLES, LOCK TABLES ON `shop`.* TO `r1`",
         [grant("CREATE TEMPORARY TABLES", to="`r1`"), grant("LOCK TABLES", to="`r1`")]),
        ("GRANT BACKUP_ADMIN,XA_RECOVER_ADMIN ON *.* TO `sync`@`%`",
         [grant("BACKUP_ADMIN", "*"), grant("XA_RECOVER_ADMIN", "*")]),
        ("GRANT SELECT ON `sh``op`.`t.u` TO `sync`@`%`", [grant("SELECT", "sh`op", "t.u")]),
        ("GRANT `r1` TO `sync`@`%`", []),
        ("GRANT `r1`@`%`,`r2`@`%` TO `sync`@`%`", []),
        ("SET DEFAULT ROLE `r1` FOR `sync`@`%`", []),
        ("GRANT PROXY ON ''@'%' TO 'root'@'localhost' WITH GRANT OPTION", []),
        ("GRANT EXECUTE ON PROCEDURE `shop`.`p` TO `sync`@`%`", []),
    ],
)  # fmt: skip
def test_a_line_of_show_grants(line: str, grants: list[Grant]) -> None:
    assert parse_grants([line]) == grants


@pytest.mark.parametrize(
    ("pattern", "database", "fits"),
    [
        ("*", "shop_db", True),
        ("shop_db", "shop_db", True),
        ("shop_db", "shopxdb", True),
        ("shop\\_db", "shop_db", True),
        ("shop\\_db", "shopxdb", False),
        ("shop%", "shop_db", True),
        ("shop\\%", "shop_db", False),
        ("shop", "shop_db", False),
        ("s.op", "shop", False),
    ],
)
def test_a_database_pattern(pattern: str, database: str, fits: bool) -> None:
    assert grant("SELECT", pattern).covers(database, "ps_lang") is fits


def test_a_table_grant_names_its_database_literally() -> None:
    assert not grant("SELECT", "shop_db", "ps_lang").covers("shopxdb", "ps_lang")


LATER = Need("UPDATE", frozenset({"a", "b"}), "t")


@pytest.mark.parametrize(
    ("grants", "lacking"),
    [
        ([], [LATER]),
        ([grant("UPDATE", "shop", "t", "a")], [LATER._replace(columns=frozenset("b"))]),
        ([grant("UPDATE", "shop", "t", "a"), grant("UPDATE", "shop", "t", "b")], []),
        ([grant("UPDATE", "shop", "t")], []),
        ([grant("UPDATE", "shop", "other")], [LATER]),
        ([grant("ALL PRIVILEGES", "*")], []),
        ([grant("SELECT", "*")], [LATER]),
    ],
)
def test_what_is_missing(grants: list[Grant], lacking: list[Need]) -> None:
    assert missing(grants, [LATER], "shop") == lacking


def test_reading_single_columns_is_not_reading_a_table() -> None:
    need = Need("SELECT", NOTHING, "t")
    assert missing([grant("SELECT", "shop", "t", "a")], [need], "shop") == [need]


@pytest.mark.parametrize(
    ("had", "excess"),
    [
        (grant("UPDATE", "shop", "ps_t", "a"), []),
        (grant("UPDATE", "shop", "ps_t", "a", "c"), [grant("UPDATE", "shop", "ps_t", "c")]),
        (grant("UPDATE", "shop", "ps_t"), [grant("UPDATE", "shop", "ps_t")]),
        (grant("UPDATE", "shop"), [grant("UPDATE", "shop")]),
        (grant("SELECT", "shop", "ps_t"), []),
        (grant("SELECT", "shop", "ps_t", "a"), []),
        (grant("SELECT", "shop", "ps_customer"), [grant("SELECT", "shop", "ps_customer")]),
        (grant("DELETE", "sh%"), [grant("DELETE", "sh%")]),
        (grant("ALL PRIVILEGES", "*"), [grant("ALL PRIVILEGES", "*")]),
        (grant("SHOW VIEW", "shop"), []),
        (grant("INSERT", "other"), []),
        (grant("INSERT", "other", "ps_t"), []),
        (grant("INSERT", "shop", "blog_posts"), []),
    ],
)
def test_what_is_too_many(had: Grant, excess: list[Grant]) -> None:
    allowed = [Need("SELECT", NOTHING, "ps_t"), Need("UPDATE", frozenset({"a", "b"}), "ps_t")]
    assert surplus([had], allowed, "shop", "ps_") == excess


def test_an_account_as_sql() -> None:
    assert account("o'brien@10.0.%") == "'o''brien'@'10.0.%'"
