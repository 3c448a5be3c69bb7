"""Which fault strikes a Webservice where: only inside the writing, as all the rest is the same by every driver."""

from __future__ import annotations

from typing import Any

import pytest

from tests.crashes.drivers import DRIVERS
from tests.crashes.drivers_webservice import (
    BEFORE_A_WINDOW,
    BEFORE_FLAGS,
    LOOKED_AT,
    LOST,
    OWN,
    PATCHES,
    PUTS,
    READ_BACK,
    SENT,
    SIZES,
)
from tests.crashes.matrix import Cell

NOT_RECORDED, RECORDING = "window committed, not recorded", "recorder: rows written, not committed"
LAST = "last window committed"
WITHIN = (BEFORE_FLAGS, SIZES, OWN, SENT, READ_BACK)


STRIKES = (
    ("kill -9", PATCHES, (BEFORE_A_WINDOW, *WITHIN, LOST, NOT_RECORDED, RECORDING, LAST)),
    ("kill -9", PUTS, (*WITHIN, LOOKED_AT, LOST)),
    ("connection to the shop cut", PATCHES, (BEFORE_A_WINDOW, *WITHIN)),
    ("connection to the shop cut", PUTS, (BEFORE_FLAGS, LOOKED_AT, SENT, OWN, READ_BACK)),
    ("shop's web server killed, back at once", PATCHES, (BEFORE_FLAGS, SENT, READ_BACK)),
    ("shop's web server killed, back at once", PUTS, (LOOKED_AT,)),
    ("shop's web server killed, back after the run", PATCHES, (BEFORE_FLAGS, OWN, SENT)),
    ("shop's web server killed, back after the run", PUTS, (LOOKED_AT, READ_BACK)),
    ("shop's database killed, back at once", PATCHES, (BEFORE_FLAGS, SENT)),
    ("shop's database killed, back at once", PUTS, (LOOKED_AT,)),
    ("shop's database killed, back after the run", PATCHES, (SIZES,)),
    ("shop's database killed, back after the run", PUTS, (SENT,)),
    ("our database killed, back at once", PATCHES, (READ_BACK, RECORDING)),
    ("our database killed, back after the run", PATCHES, (BEFORE_FLAGS,)),
    ("our database killed, back after the run", PUTS, (SENT,)),
    ("archive full", PATCHES, (BEFORE_FLAGS, LAST)),
    ("disk full", PATCHES, (SENT,)),
)


def webservice_cells() -> list[Any]:
    """All strikes, as parameters of a test."""
    cells = [
        Cell(fault, driver, DRIVERS[driver].pristine, point) for fault, driver, points in STRIKES for point in points
    ]
    return [pytest.param(cell, id=", ".join(cell)) for cell in cells]
