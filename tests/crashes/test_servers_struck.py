"""The shop's database or ours is killed beneath a run, at every point: the next one converges."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.crashes.arena import Arena
from tests.crashes.matrix import Cell, cells, strike

pytestmark = pytest.mark.slow

STRUCK = cells(
    "shop's database killed, back at once",
    "shop's database killed, back after the run",
    "our database killed, back at once",
    "our database killed, back after the run",
)


@pytest.mark.parametrize("cell", STRUCK)
def test_the_next_run_converges(arena: Arena, cell: Cell, record_property: Callable[[str, object], None]) -> None:
    strike(arena, cell, record_property)
