"""docs/availability.md, sizes and colours: each line on, off, and on again, from what the one before left in the shop."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.availability.cases import Rows, as_written, read_cell
from tests.availability.test_combinations import Wanted, values, wanted_of

PAGE = Path(__file__).parents[2] / "docs" / "availability.md"


class Case(NamedTuple):
    """A row of the table."""

    rule: str
    policy: dict[str, Any]
    on: dict[int, Any]
    reads: str
    on_holds: str
    off: dict[int, Any]
    off_holds: str


def cases() -> list[Case]:
    """The rows of the page's table of sizes."""
    found = []
    for line in PAGE.read_text(encoding="utf-8").partition("| Rule | Policy | On | Reads |")[2].splitlines()[2:]:
        if not line.startswith("|"):
            break
        rule, policy, on, reads, on_holds, off, off_holds = (cell.strip() for cell in line.strip("|").split(" | "))
        found.append(Case(rule, read_cell(policy), read_cell(on), reads, on_holds, read_cell(off), off_holds))
    return found


def decided(case: Case, sizes: dict[int, Any], written: Rows, folder: Path) -> Wanted:
    """The decision about the case's sizes (0: the product), whose pieces are those that we wrote last."""
    numbers = [number for number in sizes if number]
    pieces = {row["id_product_attribute"]: int(row["value"]) for row in written if row["field"] == "quantity"}
    shop = [pieces.get(number, 0) for number in numbers]
    offers = [sizes[number] for number in numbers]
    return wanted_of(folder, case.policy, offers, shop=shop, written=written, product=sizes.get(0))


def held(wanted: Wanted) -> str:
    """A decision as the page writes it."""
    flags = set(values(wanted, "out_of_stock").values())
    pieces = [str(value) for _, value in sorted(values(wanted, "quantity").items())]
    return f"flag {'/'.join(sorted(map(str, flags)))}" + (f", pieces {' '.join(pieces)}" if pieces else "")


def test_the_page_has_its_cases() -> None:
    assert len(cases()) >= 8


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.rule)
def test_sizes_in_both_directions(case: Case, tmp_path: Path) -> None:
    first = decided(case, case.on, [], tmp_path)
    assert (held(first), values(first, "available_later")[0]) == (case.on_holds, case.reads)
    written = as_written(first)
    off = decided(case, case.off, written, tmp_path)
    assert (held(off), values(off, "available_later")[0]) == (case.off_holds, "Produkt niedostępny")
    again = decided(case, case.on, as_written(off, written), tmp_path)
    assert held(again) == case.on_holds
