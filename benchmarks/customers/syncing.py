"""A child: `python -m benchmarks.customers.syncing prepare|import|sync [together|row-by-row] [quantities]`."""

from __future__ import annotations

import sys
import time

from benchmarks.child import tell
from benchmarks.without_prefect import blocks, timed_station


def main(what: str, *how: str) -> None:
    """Do what is asked and tell its seconds; `row-by-row`: as a server gets it that can't take windows at once."""
    from tasks import station

    station.station = timed_station  # before the rooms are imported
    from flows import import_catalog, import_feed, sync_availability
    from tasks.prestashop.database.together import TogetherWriter

    feed, shop = blocks()
    if "quantities" in how:
        shop.policy.combinations = "quantities"
    if "row-by-row" in how:
        TogetherWriter.write = lambda *_: False  # type: ignore[method-assign]
    began = time.monotonic()
    if what == "prepare":
        told = import_catalog.fn(shop).model_dump()
    elif what == "import":
        told = import_feed.fn(feed).model_dump()
    else:
        told = sync_availability.fn(shop).model_dump()
    tell(seconds=time.monotonic() - began, told=told)


if __name__ == "__main__":
    main(*sys.argv[1:])
