"""A shop's database as a way that is struck: what is inside a window, and how the line is cut."""

from __future__ import annotations

import time

import pymysql

from blocks import ShopBlock
from tasks.prestashop.database.together import TogetherWriter
from tests.crashes.place import SHOP, Place
from tests.crashes.points import Point
from tests.crashes.ways import STOPS_NOBODY, Driver
from tests.flows.conftest import block_of

TOGETHER, WRITER = "tasks.prestashop.database.together:TogetherWriter", "tasks.prestashop.database.writing:Writer"
LONGEST_SECONDS = 60
COMMIT = "pymysql.connections:Connection.commit"


def _database_block(place: Place) -> ShopBlock:
    return block_of(place.mariadb, SHOP, gate=STOPS_NOBODY)


def kill_connections(place: Place) -> None:
    """End all connections to the shop's database, whatever they are doing."""
    with place.mariadb.connect(autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT id FROM information_schema.processlist WHERE db = %s", (SHOP,))
        for (number,) in cursor.fetchall():
            cursor.execute(f"KILL CONNECTION {int(number)}")


def wait_until_alone(place: Place) -> None:
    """Until the shop's server has noticed that a dead run's connections are gone, and given up its lock."""
    deadline = time.monotonic() + LONGEST_SECONDS
    query = "SELECT count(*) FROM information_schema.processlist WHERE db = %s"
    with place.mariadb.connect() as connection, connection.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute(query, (SHOP,))
            if cursor.fetchone() == (0,):
                return
            time.sleep(0.01)
    raise AssertionError(f"connections of a run that ended are still there after {LONGEST_SECONDS} s")


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
DATABASE_DRIVERS = (
    Driver(
        "database",
        (
            Point("before the first statement", f"{TOGETHER}.write", "before"),
            Point("in a window: texts written, stock not", f"{TOGETHER}._write_table", "before", nth=6, settled=True),
            *_COMMITS,
        ),
        _database_block,
        _nothing,
        kill_connections,
        wait_until_alone,
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
        wait_until_alone,
    ),
)
