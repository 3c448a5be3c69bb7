"""All ways to a shop that are struck."""

from __future__ import annotations

from tests.crashes.drivers_database import DATABASE_DRIVERS
from tests.crashes.drivers_webservice import WEBSERVICE_DRIVERS

DRIVERS = {driver.name: driver for driver in (*DATABASE_DRIVERS, *WEBSERVICE_DRIVERS)}
