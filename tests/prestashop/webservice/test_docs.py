"""docs/webservice.md names the permissions, requests and messages that there are."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import dedent

import pytest

from blocks import PrestashopWebservice
from blocks.apply import read_blocks
from tasks.prestashop.webservice import permissions
from tasks.prestashop.webservice.pages import IDS_AT_ONCE, PAGE, PAGES
from tasks.prestashop.webservice.shop import WINDOW_PRODUCTS
from tasks.prestashop.webservice.writing_rows import ATTEMPTS, MOST_UNTOLD

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "docs" / "webservice.md").read_text(encoding="utf-8")
CODE = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tasks" / "prestashop").rglob("*.py"))
ANSWERED_BY_THE_SHOP = ("Product->name is not valid", "depends on stock")
NUMBERS = {3: "three", 8: "Eight"}


def section(heading: str) -> str:
    return TEXT.split(f"## {heading}\n")[1].split("\n## ")[0]


def test_the_example_can_be_applied() -> None:
    (example,) = re.findall(r"^    shops:\n(?:    .*\n)+", TEXT, re.MULTILINE)
    block = read_blocks(dedent(example), {"SHOP_7_KEY": "K" * 32})["sklep"]
    assert isinstance(block, PrestashopWebservice)
    assert block.policy.texts[0].delivery == "Wysyłka za {days_text}"


def test_the_permissions_are_those_of_the_check() -> None:
    named = set(re.findall(r"`(\w+)`", section("The key").split("A block with")[0]))
    assert named >= permissions.MAY_READ | permissions.MAY_WRITE
    rows = re.findall(r"^\| (`.*?) \|", section("The key"), re.MULTILINE)
    assert [re.findall(r"`(\w+)`", row) for row in rows] == [
        list(permissions.READ), ["products", "stock_availables"], ["combinations"],
    ]  # fmt: skip


def test_the_numbers_are_those_of_the_driver() -> None:
    asked = section("What a sync asks of the shop")
    told = (f"{PAGES['products']} products", f"{PAGES['combinations']} combinations", f"{PAGE} stock rows",
            f"{IDS_AT_ONCE:,} ids", f"a window of {WINDOW_PRODUCTS} products")  # fmt: skip
    assert [words for words in told if words not in asked] == []
    written = section("How it is written")
    assert f"{NUMBERS[ATTEMPTS]} times in all. {NUMBERS[MOST_UNTOLD]} rows in a row" in " ".join(written.split())


PARTS = [
    part.strip()
    for cell in re.findall(r"^\| (.*?`.*?) \|", section("What to do about a refusal"), re.MULTILINE)
    for message in re.findall(r"`([^`]+)`", cell)
    for part in message.split("…")
    if part.strip() and message != "failed"
]


@pytest.mark.parametrize("part", PARTS)
def test_each_message_is_one_that_there_is(part: str) -> None:
    code = re.sub(r'"\n\s+f?"', "", CODE)
    assert part in ANSWERED_BY_THE_SHOP or part in code
