"""Customers: threads of a process of their own, each of whom orders, thinks a little, and orders again."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection as Pipe
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any, NamedTuple

import pymysql
from pymysql.connections import Connection

from demo.servers import MariaDb

CUSTOMERS = 8
THINKS_SECONDS = 0.015
DEADLOCK, LOCK_WAIT = 1213, 1205
PLACE = Path(__file__).parent

Item = tuple[int, int]
"""A product and the size that is bought (0: it has none)."""


class Bought(NamedTuple):
    """`waits`: seconds of each order; `longest_lock`: until its rows were its own; `pieces`: rows taken from."""

    waits: list[float]
    longest_lock: float
    pieces: int
    deadlocks: int
    timeouts: int


class Customers:
    """Orders as they go on; `bought` when they have ended."""

    def __init__(self) -> None:
        self.bought = Bought([], 0, 0, 0, 0)


@contextmanager
def customers(mariadb: MariaDb, database: str, items: Sequence[Item]) -> Iterator[Customers]:
    """Let customers buy for the length of a `with` block."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    enough = context.Event()
    where = {"host": mariadb.host, "port": mariadb.port, "user": mariadb.user, "password": mariadb.password}
    process = context.Process(
        target=_buy, args=({**where, "database": database}, list(items), enough, theirs), daemon=True
    )
    process.start()
    if not ours.poll(60):
        raise RuntimeError("expected customers to come within 60 s, got nobody")
    ours.recv()
    told = Customers()
    try:
        yield told
    finally:
        enough.set()
        told.bought = ours.recv()
        process.join()


def _buy(where: dict[str, Any], items: list[Item], enough: Event, to: Pipe) -> None:
    results: list[Bought] = []
    threads = [
        threading.Thread(target=lambda seed=seed: results.append(_one_customer(where, items, enough, seed)))
        for seed in range(CUSTOMERS)
    ]
    to.send("here")
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    to.send(
        Bought(
            sorted(wait for one in results for wait in one.waits),
            max(one.longest_lock for one in results),
            sum(one.pieces for one in results),
            sum(one.deadlocks for one in results),
            sum(one.timeouts for one in results),
        )
    )


def _one_customer(where: dict[str, Any], items: list[Item], enough: Event, seed: int) -> Bought:
    chance = random.Random(seed)  # noqa: S311
    waits, locks, pieces = [], [0.0], 0
    failed = {DEADLOCK: 0, LOCK_WAIT: 0}
    connection = pymysql.connect(**where, ssl_disabled=True)  # PrestaShop's: REPEATABLE READ
    while not enough.is_set():
        item = chance.choice(items)
        began = time.monotonic()
        while True:
            try:
                locked, taken = _order(connection, item)
            except pymysql.MySQLError as error:
                connection.rollback()
                if error.args[0] not in failed:
                    raise
                failed[error.args[0]] += 1
            else:
                break
        waits.append(time.monotonic() - began)
        locks.append(locked - began)
        pieces += taken
        time.sleep(chance.expovariate(1 / THINKS_SECONDS))
    connection.close()
    return Bought(waits, max(locks), pieces, failed[DEADLOCK], failed[LOCK_WAIT])


def _order(connection: Connection[Any], item: Item) -> tuple[float, int]:
    """One order; returns when its rows were locked, and how many they are."""
    connection.begin()
    with connection.cursor() as cursor:
        values = {"id_product": item[0], "id_product_attribute": item[1]}
        cursor.execute((PLACE / "order.sql").read_text(encoding="utf-8"), values)
        rows = [row[0] for row in cursor.fetchall()]
        locked = time.monotonic()
        taken = cursor.execute((PLACE / "take.sql").read_text(encoding="utf-8"), {"rows": rows})
    connection.commit()
    return locked, taken
