"""A run in a process of its own, which stops at a point until the test has struck it, or a server."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from functools import partial
from multiprocessing.connection import Connection
from typing import Any, Literal, NamedTuple

from blocks import ShopBlock, SupplierFeed
from flows import import_catalog, import_feed, sync_availability
from tasks import patience
from tasks import run as tasks_run
from tasks.prestashop import applying
from tasks.prestashop.windows import apply_changes
from tasks.state import lease
from tests.crashes.drivers import DRIVERS
from tests.crashes.plain import without_prefect
from tests.crashes.points import WRITING, hook

WINDOW_PRODUCTS = 8


class Order(NamedTuple):
    """What a child does: `job` with its `options`; `point`: where it stops; `lease`: other times for its lease."""

    environment: dict[str, str]
    driver: str
    shop: ShopBlock
    feed: SupplierFeed
    job: Literal["prepare", "import", "sync", "sync twice"]
    options: dict[str, Any]
    point: str | None = None
    lease: Mapping[str, Any] | None = None


class Ended(NamedTuple):
    """How it ended: the summary's status or the error's name; `points`: the steps it went through."""

    status: str
    message: str
    points: list[str]


class _Stopper:
    """Tells the test once that the point is reached, and waits for its word."""

    def __init__(self, point: str | None, link: Connection) -> None:
        self.point = point
        self.link = link
        self.passed: list[str] = []

    def __call__(self, name: str) -> None:
        self.passed.append(name)
        if name == self.point:
            self.point = None
            self.link.send(name)
            self.link.recv()


def work(order: Order, link: Connection) -> None:
    """Do what is ordered; sends the point's name when it is reached, and `Ended` at the end."""
    logging.disable(logging.CRITICAL)
    os.environ.update(order.environment)
    driver = DRIVERS[order.driver]
    stop = _Stopper(order.point, link)
    without_prefect(setattr, stop)
    driver.set_up()
    setattr(applying, "apply_changes", partial(apply_changes, window=WINDOW_PRODUCTS))  # noqa: B010
    setattr(tasks_run, "lease", partial(lease, **(order.lease or {})))  # noqa: B010
    setattr(patience, "LONGEST_SECONDS", 0.0)  # noqa: B010  (some databases come back after the run only)
    for point in (*WRITING, *driver.inside):
        if point.name == order.point:
            hook(point, stop, setattr)
    try:
        status, message = _do(order), ""
    except Exception as error:  # noqa: BLE001  (whatever it is, the test is to be told)
        status, message = type(error).__name__, str(error)
    link.send(Ended(status, message, stop.passed))


def _do(order: Order) -> str:
    if order.job.startswith("sync"):
        turns = 2 if order.job == "sync twice" else 1
        return ", ".join(sync_availability.fn(order.shop, **order.options).status for _ in range(turns))
    if order.job == "prepare":
        import_catalog.fn(order.shop)
    return import_feed.fn(order.feed).status
