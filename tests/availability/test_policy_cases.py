"""docs/availability.md, case by case: on, off, and on again, each from what the one before left in the shop."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.availability.cases import ITEM, as_written, decide, read_cell

PAGE = Path(__file__).parents[2] / "docs" / "availability.md"
FLAG, TEXT = (ITEM, 0, None, "out_of_stock"), (ITEM, 0, 1, "available_later")


class Case(NamedTuple):
    """A row of the table."""

    rule: str
    policy: dict[str, Any]
    on: dict[Any, Any]
    reads: str
    off: dict[Any, Any]
    reason: str


def cases() -> list[Case]:
    """The rows of the page's table of cases."""
    lines = PAGE.read_text(encoding="utf-8").partition("| Rule | Policy | On |")[2].splitlines()[2:]
    found = []
    for line in lines:
        if not line.startswith("|"):
            break
        rule, policy, on, reads, off, reason = (cell.strip() for cell in line.strip("|").split(" | "))
        found.append(Case(rule, read_cell(policy), read_cell(on), reads, read_cell(off), reason))
    return found


def test_the_page_has_its_cases() -> None:
    assert len(cases()) >= 30


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.rule)
def test_a_case_in_both_directions(case: Case, tmp_path: Path) -> None:
    first = decide(case.policy, case.on, [], tmp_path)
    assert (first[FLAG][0], first[TEXT][0]) == ("1", case.reads)
    written = as_written(first)
    off = decide(case.policy, case.off, written, tmp_path)
    assert (off[FLAG], off[TEXT][0]) == (("0", case.reason), "Produkt niedostępny")
    again = decide(case.policy, case.on, as_written(off, written), tmp_path)
    assert again == first
