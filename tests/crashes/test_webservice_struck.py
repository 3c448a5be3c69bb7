"""A run that writes through a Webservice is struck, or the shop's web server, or a database: the next one converges."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.crashes.arena import Arena
from tests.crashes.matrix import Cell, strike
from tests.crashes.webservice_matrix import webservice_cells

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("cell", webservice_cells())
def test_the_next_run_converges(arena: Arena, cell: Cell, record_property: Callable[[str, object], None]) -> None:
    strike(arena, cell, record_property)
