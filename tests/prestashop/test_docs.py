"""The statements and examples of docs/database.md do what the page says."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from blocks import PrestashopDatabase
from blocks.apply import read_blocks, variables
from demo.servers import MariaDb
from tasks.prestashop.database.address import KNOWN_OPTIONS, address_of
from tasks.prestashop.database.grants import Grant, parse_grants
from tests.prestashop.bench import TEXTS, Bench, looked
from tests.prestashop.conftest import synthetic
from tests.prestashop.test_rights import BRAND, MARGIN, QUANTITIES

PAGE = (Path(__file__).parents[2] / "docs" / "database.md").read_text(encoding="utf-8")
USUAL = ("Always", "Combinations have texts of their own")
FILLED = {"SHOP_8_SSH_HOST_KEY": "SHA256:" + "a" * 43}
KEY = "-----BEGIN OPENSSH PRIVATE KEY----- AAAA -----END OPENSSH PRIVATE KEY-----"


def statements(*headings: str) -> list[str]:
    """The SQL below some headings of the page."""
    parts = dict(part.split("\n", 1) for part in re.split(r"^#{2,3} ", PAGE, flags=re.MULTILINE)[1:])
    return [line.strip().rstrip(";") for one in headings for line in re.findall(r"^ {4}.+;$", parts[one], re.MULTILINE)]


def come_with(bench: Bench, *headings: str) -> Bench:
    """Come as a user that these statements made; those on tables that the shop has not are passed over."""
    bench.user, bench.password = f"{bench.database}_page", "a long password"
    there = {table for (table,) in bench.sql("SHOW TABLES")}
    for statement in statements(*headings):
        table = re.search(r"shop\.(\w+)", statement)
        if not table or table[1] in there:
            bench.sql(statement.replace("shop.", f"{bench.database}.").replace("'rexbit'", f"'{bench.user}'"))
    return bench


@pytest.mark.parametrize(
    ("version", "more", "settings"),
    [
        ("8.2.1", [], {}),
        pytest.param("1.6.1.24", [], {}, marks=pytest.mark.slow),
        pytest.param("8.2.1", ["Quantities"], {"policy": QUANTITIES}, marks=pytest.mark.slow),
        pytest.param("1.7.8.11", ["Quantities"], {"policy": QUANTITIES}, marks=pytest.mark.slow),
        pytest.param("8.2.1", ["Least margin"], {"policy": MARGIN}, marks=pytest.mark.slow),
        pytest.param("8.2.1", ["Exceptions for a brand"], {"policy": BRAND}, marks=pytest.mark.slow),
    ],
)
def test_the_statements_grant_what_is_needed_and_no_more(
    version: str, more: list[str], settings: dict[str, Any], mariadb: MariaDb, tmp_path: Path
) -> None:
    bench = come_with(synthetic(mariadb, version, tmp_path), *USUAL, *more)
    found = looked(bench, **settings)
    assert (found["grants needed"].fix, found["grants not needed"].fix) == ("", "")


@pytest.mark.slow
def test_the_statements_for_codes_let_them_be_read(bench: Bench) -> None:
    with come_with(bench, *USUAL, "Matching by the suppliers' codes").open() as shop:
        assert shop.info.tells_supplier_codes


@pytest.mark.slow
def test_the_page_names_the_statements_that_the_check_names(bench: Bench) -> None:
    bench.sql(f"CREATE USER '{bench.database}_page'@'%' IDENTIFIED BY 'x'")
    bench.sql(f"GRANT SELECT ON {bench.database}.ps_manufacturer TO '{bench.database}_page'@'%'")
    bench.user, bench.password = f"{bench.database}_page", "x"
    named = looked(bench, policy=TEXTS)["grants needed"].fix.replace(";", "").splitlines()[1:]
    assert places(named) == places(statements("Always"))


def places(lines: list[str]) -> set[tuple[str, frozenset[str], str]]:
    found: list[Grant] = parse_grants(lines)
    return {(grant.privilege, grant.columns, grant.table) for grant in found}


def test_the_examples_can_be_applied() -> None:
    shops: dict[str, PrestashopDatabase] = {}
    for example in re.findall(r"^    connections:\n(?:    .*\n)+", PAGE, re.MULTILINE):
        words = {name: KEY if name.endswith("_KEY") else "x" for name in variables(dedent(example))} | FILLED
        blocks = read_blocks(dedent(example), words)
        shops |= {name: block for name, block in blocks.items() if isinstance(block, PrestashopDatabase)}
    assert [address_of(shop).tls for shop in shops.values()] == [{"ssl_ca": "x"}, {}]
    assert [bool(shop.ssh) for shop in shops.values()] == [False, True]


def test_every_option_of_the_connection_is_on_the_page() -> None:
    table = PAGE.split("`query` takes these and no others:")[1].split("\n\n")[1]
    assert set(re.findall(r"`(\w+)(?::[^`]*)?`", "".join(re.findall(r"^\|(.*?)\|", table, re.MULTILINE)))) == set(
        KNOWN_OPTIONS.split(", ")
    )
