"""What an import's linking costs: all links made, then the same file with a few changes, our database included."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from benchmarks.linking.judging import MAPPING
from benchmarks.linking.labelled import Labelled
from blocks import SupplierFeed
from demo.servers import start_postgresql
from tasks.duck import desk
from tasks.feeds import Snapshot
from tasks.linking import supplier
from tasks.state import StateDatabase
from tasks.state.address import read_address
from tasks.state.migrate import migrate
from tasks.state.resolve import open_address
from tests import parquet

ONE_IN = 100  # items whose stock changes
CHANGED = (
    "CREATE TABLE later AS"
    " SELECT * REPLACE (stock_quantity + (row_number % $n = 0)::BIGINT AS stock_quantity) FROM offers"
)


class Turn(NamedTuple):
    """One import's linking: seconds, and links made and changed."""

    name: str
    seconds: float
    created: int
    updated: int


def link_twice(made: Labelled, offers: Path) -> Iterator[Turn]:
    """Link all offers through a PostgreSQL of its own, then again with 1 % of them changed, then with none."""
    folder = made.folder / "again"
    folder.mkdir()
    with start_postgresql(folder / "postgresql") as server:
        server.create_database("linking")
        with open_address(read_address(server.url("linking"), "url")) as state:
            migrate(state)
            with state.session() as session:
                session.insert("products", made.folder / "products.parquet")
                session.insert("integration_product_links", made.folder / "shop_links.parquet")
            yield _turn("first, all links made", state, offers, folder)
            with desk() as table:
                table.show(offers=offers)
                table.connection.execute(CHANGED, {"n": ONE_IN})
                later = table.save("later", folder / "later.parquet")
            yield _turn("1 % of the items changed", state, later, folder)
            yield _turn("nothing changed", state, later, folder)


def _turn(name: str, state: StateDatabase, offers: Path, folder: Path) -> Turn:
    now = datetime.now(UTC)
    feed = SupplierFeed(integration_id=6, source="feed.csv", mapping=MAPPING)
    snapshot = Snapshot(
        id="f6-1",
        integration_id=6,
        content_hash=name,
        settings_hash="",
        fetched_at=now,
        offers=offers,
        rejects=parquet.write(folder / "rejects.parquet", parquet.REJECTS),
        rows_read=0,
        rows_rejected=0,
    )
    began = time.monotonic()
    supplier.read_known(state, 6, folder)
    _, plan = supplier.match_and_plan(state, feed, snapshot, supplier.Scope(), now, folder)
    supplier.apply_links(state, plan)
    return Turn(name, time.monotonic() - began, plan.created, plan.updated)
