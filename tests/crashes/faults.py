"""What can befall a run."""

from __future__ import annotations

import resource
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from typing import NamedTuple

from tests.crashes.drivers import DRIVERS
from tests.crashes.place import Place

FILE_GROWS = resource.RLIMIT_FSIZE


class Fault(NamedTuple):
    """What befalls a run that stands still at a point (`strike`), and what is mended after it ended (`mend`)."""

    name: str
    strike: Callable[[Place, BaseProcess, str], None]
    mend: Callable[[Place], None] = lambda _: None


def _kill(_: Place, child: BaseProcess, _driver: str) -> None:
    child.kill()


def _cut(place: Place, _: BaseProcess, driver: str) -> None:
    DRIVERS[driver].cut(place)


def _restart_shop(place: Place, *_: object) -> None:
    place.kill_mariadb()
    place.start_mariadb()


def _restart_services(place: Place, *_: object) -> None:
    place.kill_services()
    place.start_services()


def _restart_state(place: Place, *_: object) -> None:
    place.kill_postgres()
    place.start_postgres()


def _fill(place: Place, child: BaseProcess, _: str) -> None:
    if place.can_fill:
        place.fill_archive()
    else:  # no file of the process may grow: all that an ordinary user can do to it
        resource.prlimit(child.pid or 0, FILE_GROWS, (0, 0))


def _fill_all(_: Place, child: BaseProcess, _driver: str) -> None:
    resource.prlimit(child.pid or 0, FILE_GROWS, (0, 0))


FAULTS = {
    fault.name: fault
    for fault in (
        Fault("kill -9", _kill),
        Fault("connection to the shop cut", _cut),
        Fault("shop's database killed, back at once", _restart_shop),
        Fault("shop's database killed, back after the run", lambda p, *_: p.kill_mariadb(), Place.start_mariadb),
        Fault("shop's web server killed, back at once", _restart_services),
        Fault("shop's web server killed, back after the run", lambda p, *_: p.kill_services(), Place.start_services),
        Fault("our database killed, back at once", _restart_state),
        Fault("our database killed, back after the run", lambda p, *_: p.kill_postgres(), Place.start_postgres),
        Fault("archive full", _fill, Place.empty_archive),
        Fault("disk full", _fill_all),
    )
}
