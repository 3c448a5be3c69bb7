"""Which fault strikes where."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import pytest

from tests.crashes.arena import HALF, OPTIONS, Arena
from tests.crashes.drivers import DRIVERS
from tests.crashes.drivers_database import DATABASE_DRIVERS
from tests.crashes.faults import FAULTS
from tests.crashes.points import STEPS, STEPS_LATER, WRITING, step_points
from tests.crashes.table import PROPERTY
from tests.crashes.ways import PRISTINE

MAIN = "database"
THOROUGH = ("kill -9", "connection to the shop cut")  # these strike every technique of writing
ONLY_WRITING = ("shop's database killed, back after the run", "our database killed, back after the run", "disk full")

MOST_TOLD = 3


class Cell(NamedTuple):
    """A strike to be made."""

    fault: str
    driver: str
    start: str
    point: str


def cells(*faults: str) -> list[Any]:
    """All strikes of some faults, as parameters of a test."""
    return [pytest.param(cell, id=", ".join(cell)) for fault in faults for cell in _cells(fault)]


def _cells(fault: str) -> Iterator[Cell]:
    if fault not in ONLY_WRITING:
        yield from (Cell(fault, MAIN, PRISTINE, point) for point in _boundaries(fault, STEPS))
        yield from (Cell(fault, MAIN, HALF, point) for point in _boundaries(fault, STEPS_LATER))
    for driver in DATABASE_DRIVERS:
        shared = WRITING if driver.name == MAIN else ()
        if driver.name == MAIN or fault in THOROUGH:
            yield from (Cell(fault, driver.name, PRISTINE, point.name) for point in (*shared, *driver.inside))
    if fault == THOROUGH[0]:
        yield from (Cell(fault, MAIN, HALF, point.name) for point in (*WRITING, *DRIVERS[MAIN].inside))


def _boundaries(fault: str, steps: Sequence[str]) -> list[str]:
    """Before each step and after the last; the first fault strikes after each, too, though that is nearly the same."""
    points = step_points(*steps)
    return [point for point in points if fault == THOROUGH[0] or point.startswith("before") or point == points[-1]]


def strike(arena: Arena, cell: Cell, record_property: Callable[[str, object], None]) -> None:
    """Make a strike, note it for the table, and fail where anything was lost or wrong."""
    start = cell.start
    striker = arena.striker(cell.driver)
    struck = striker.strike(FAULTS[cell.fault], start, cell.point, arena.goals[start], **OPTIONS.get(start, {}))
    place = list(FAULTS).index(cell.fault) * len(DRIVERS) + list(DRIVERS).index(cell.driver)
    told = [struck.ended in ("completed", "unchanged"), struck.converged, len(struck.lost), len(struck.wrong)]
    record_property(PROPERTY, json.dumps([place, cell.fault, cell.driver, *told]))
    assert (struck.lost[:MOST_TOLD], struck.wrong[:MOST_TOLD], struck.converged) == ([], [], True)
