"""A child: the flows' bodies as plain functions. `python -m benchmarks.without_prefect catalogue|run`.

The flows' steps are tasks; here `station`, which declares them, only takes the time, so that no step is a task run and
no Prefect server is asked. The rest is the code that runs in production.
"""

from __future__ import annotations

import functools
import os
import sys
import time
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import yaml

from benchmarks.child import peak_megabytes, tell
from demo.orchestra import ROOT

P = ParamSpec("P")
R = TypeVar("R")
steps: dict[str, float] = {}


def timed_station(name: str, *, io: bool = False) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Stand in for `tasks.station.station`: the function itself, with its seconds noted."""
    del io

    def declare(function: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(function)
        def timed(*args: P.args, **kwargs: P.kwargs) -> R:
            began = time.monotonic()
            try:
                return function(*args, **kwargs)
            finally:
                steps[name] = steps.get(name, 0) + time.monotonic() - began

        return timed

    return declare


def blocks() -> tuple[Any, Any]:
    """The feed and the shop of blocks.example.yaml, never saved anywhere."""
    from prefect_sqlalchemy import ConnectionComponents, SqlAlchemyConnector

    from blocks import PrestashopDatabase, SupplierFeed

    text = os.path.expandvars((ROOT / "blocks.example.yaml").read_text(encoding="utf-8"))
    settings = yaml.safe_load(text)
    parts = ConnectionComponents(**settings["connections"]["shop-7-mysql"])
    shop = {**settings["shops"]["sklep"], "connection": SqlAlchemyConnector(connection_info=parts)}
    shop["product_listing_enabled"] = True
    at_once = {"settle_seconds": 0}  # the feed is whole, though only just written
    # a twentieth of the shop changes at once: what the gate counts is measured, and nobody is asked
    shop["gate"] = {"stop_off_percent": 100, "stop_on_percent": 100}
    return SupplierFeed(**settings["feeds"]["acme"], fetching=at_once), PrestashopDatabase(**shop)


def main(what: str) -> None:
    """Run what is asked and tell its seconds."""
    from tasks import station

    station.station = timed_station  # before the rooms are imported
    from flows import import_catalog, import_feed, sync_availability

    feed, shop = blocks()
    loaded = peak_megabytes()
    began, computing = time.monotonic(), time.process_time()
    if what == "catalogue":
        catalogue = import_catalog.fn(shop)
        tell(seconds=time.monotonic() - began, steps=steps, catalogue=catalogue.model_dump(), loaded=loaded)
        return
    imported = import_feed.fn(feed)
    between = time.monotonic()
    synced = sync_availability.fn(shop)
    ended = time.monotonic()
    tell(
        seconds=ended - began,
        import_seconds=between - began,
        sync_seconds=ended - between,
        cpu_seconds=time.process_time() - computing,  # says more than seconds where the machine is busy
        steps=steps,
        imported=imported.model_dump(),
        synced=synced.model_dump(),
        loaded=loaded,
    )


if __name__ == "__main__":
    main(sys.argv[1])
