"""docs/availability.md, when it leaves: each line of its table, and the fortnight as it stands there."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest

from blocks.delivery import ShopDelivery, SupplierDelivery
from tasks.availability.promises import Asked, Supplier, promises
from tests.availability.cases import read_cell
from tests.availability.test_fortnight import TABLE

PAGE = (Path(__file__).parents[2] / "docs" / "availability.md").read_text(encoding="utf-8")
WARSAW = ZoneInfo("Europe/Warsaw")


class Case(NamedTuple):
    """A row of the table."""

    name: str
    now: datetime
    supplier: dict[str, Any]
    says: dict[str, Any]
    shop: dict[str, Any]
    leaves: str


def cases() -> list[Case]:
    """The rows of the page's table."""
    found = []
    for line in PAGE.partition("| Case | Ordered | Supplier |")[2].splitlines()[2:]:
        if not line.startswith("|"):
            break
        name, now, supplier, says, shop, leaves = (cell.strip() for cell in line.strip("|").split(" | "))
        at = datetime.fromisoformat(now).replace(tzinfo=WARSAW)
        found.append(Case(name, at, read_cell(supplier), read_cell(says), read_cell(shop), leaves))
    return found


def test_the_page_has_its_cases() -> None:
    assert len(cases()) >= 20


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_when_it_leaves(case: Case) -> None:
    supplier = {6: Supplier(SupplierDelivery.model_validate(case.supplier), WARSAW)}
    asked = Asked(6, case.says.get("days"), case.says.get("from"))
    (promise,) = promises([asked], supplier, ShopDelivery.model_validate(case.shop), WARSAW, case.now)
    assert str(promise.ship_on or "no day") == case.leaves


def test_the_fortnight_is_the_page_s() -> None:
    assert TABLE in PAGE
