"""A shop that was written to, and a process that ends in the middle: for tests of giving back and undoing."""

from __future__ import annotations

from flows import import_catalog, import_feed, sync_availability
from tasks.summaries import SyncSummary
from tests.flows.world import World


class Crashed(Exception):  # noqa: N818
    """A process that ends here."""


def crash(*_: object, **__: object) -> None:
    raise Crashed


def write_all(world: World, **stocks: int) -> SyncSummary:
    """Let every product of the shop be offered by supplier 6, and write that to the shop."""
    world.write_feed([(reference, stocks.get(reference, 30), 3) for reference in world.references()])
    import_catalog(world.shop)
    import_feed(world.feed)
    return sync_availability(world.shop)
