"""A run is killed, cut off from the shop, or can't write to its disk, at every point: the next one converges."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.crashes.arena import HALF, Arena
from tests.crashes.matrix import Cell, cells, strike
from tests.crashes.points import STEPS, STEPS_LATER, step_points
from tests.crashes.ways import PRISTINE

pytestmark = pytest.mark.slow

STRUCK = cells("kill -9", "connection to the shop cut", "archive full", "disk full")


def test_every_step_of_a_sync_is_struck(arena: Arena) -> None:
    assert arena.passed[PRISTINE] == list(step_points(*STEPS))
    assert set(arena.passed[HALF]) - set(arena.passed[PRISTINE]) == set(step_points(*STEPS_LATER))


@pytest.mark.parametrize("cell", STRUCK)
def test_the_next_run_converges(arena: Arena, cell: Cell, record_property: Callable[[str, object], None]) -> None:
    strike(arena, cell, record_property)
