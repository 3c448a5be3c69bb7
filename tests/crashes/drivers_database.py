"""The ways to a shop that are struck: what is inside a window of each, and how its line is cut."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pymysql

from blocks import ShopBlock
from tasks.prestashop.database.together import TogetherWriter
from tests.crashes.place import SHOP, Place
from tests.crashes.points import Point
from tests.flows.conftest import block_of

TOGETHER, WRITER = "tasks.prestashop.database.together:TogetherWriter", "tasks.prestashop.database.writing:Writer"
STOPS_NOBODY = {"stop_off_percent": 100, "stop_on_percent": 100}
COMMIT = "pymysql.connections:Connection.commit"


@dataclass(frozen=True)
class Driver:
    """`inside`: the points that only this driver has. `set_up` is called in the child before it begins.

    `block` makes the block of the place's shop. `cut` ends every connection of a run to its shop. `is_whole`: a product
    is written in one transaction, so that no crash leaves half of it.
    """

    name: str
    inside: tuple[Point, ...]
    block: Callable[[Place], ShopBlock]
    set_up: Callable[[], None]
    cut: Callable[[Place], None]
    is_whole: bool = True


def _database_block(place: Place) -> ShopBlock:
    return block_of(place.mariadb, SHOP, gate=STOPS_NOBODY)


def kill_connections(place: Place) -> None:
    """End all connections to the shop's database, whatever they are doing."""
    with place.mariadb.connect(autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT id FROM information_schema.processlist WHERE db = %s", (SHOP,))
        for (number,) in cursor.fetchall():
            cursor.execute(f"KILL CONNECTION {int(number)}")


def _lost() -> Exception:
    return pymysql.err.OperationalError(2013, "Lost connection to MySQL server during query")


def _nothing() -> None:
    pass


def _row_by_row() -> None:
    setattr(TogetherWriter, "write", lambda *_: False)  # noqa: B010


_COMMITS = (
    Point("in a window: before its commit", COMMIT, "before", nth=2, settled=True),
    Point("in a window: committed, the answer lost", COMMIT, "after", nth=2, lost=_lost),
)
DRIVERS = {
    driver.name: driver
    for driver in (
        Driver(
            "database",
            (
                Point("before the first statement", f"{TOGETHER}.write", "before"),
                Point(
                    "in a window: texts written, stock not", f"{TOGETHER}._write_table", "before", nth=6, settled=True
                ),
                *_COMMITS,
            ),
            _database_block,
            _nothing,
            kill_connections,
        ),
        Driver(
            "database, row by row",
            (
                Point("before the first statement", f"{WRITER}.window", "before"),
                Point("in a window: texts written, stock not", f"{WRITER}._write_table", "before", nth=6, settled=True),
                *_COMMITS,
            ),
            _database_block,
            _row_by_row,
            kill_connections,
        ),
    )
}
