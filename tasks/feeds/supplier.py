"""What a sync has to know of a supplier beside its offers: one row of `suppliers`, as its blocks say it.

Where a supplier has several files, each with a block, the delivery settings are those of the file that says delivery,
else of the one that says stock; net or gross are the prices of the file that says them. So the row doesn't depend on
which file is imported last.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from blocks import SupplierFeed
from blocks.feed_part import FeedPart, Says
from tasks.feeds import snapshots
from tasks.state import StateDatabase

OF_DELIVERY = ("name", "delivery", "timezone")
OF_PRICES = ("price_kind",)


def owner(parts: Sequence[FeedPart], what: Says) -> str:
    """The name of the file whose block counts: that says it, else says all, else stock; of several the first name."""

    def rank(part: FeedPart) -> int:
        if what in part.provides:
            return 0
        return 1 if not part.provides else 2 if part.says("stock") else 3

    return min(parts, key=lambda part: (rank(part), part.name)).name


def differing(state: StateDatabase, feed: SupplierFeed, name: str) -> dict[str, Any] | None:
    """Give the row as it has to be after this block was read; None where it is so already. `name`: the block's."""
    with state.session(read_only=True) as session:
        rows = session.execute("supplier", {"integration_id": feed.integration_id})
    said: dict[str, Any] = {
        "integration_id": feed.integration_id,
        "name": name,
        "delivery": feed.delivery.model_dump(mode="json"),
        "timezone": feed.timezone,
        "price_kind": feed.price_kind,
    }
    if not rows:
        return said
    known = {**rows[0], "delivery": json.loads(rows[0]["delivery"])}
    parts = _parts(state, feed)
    counts = [
        *(OF_DELIVERY if owner(parts, "delivery") == feed.part.name else ()),
        *(OF_PRICES if owner(parts, "price") == feed.part.name else ()),
    ]
    row = {**known, **{column: said[column] for column in counts}}
    return row if row != known else None


def write(state: StateDatabase, row: dict[str, Any], run_id: str) -> None:
    """Write the row of a supplier."""
    values = {**row, "delivery": json.dumps(row["delivery"]), "run_id": run_id}
    with state.session() as session:
        session.execute("supplier_write", values)


def _parts(state: StateDatabase, feed: SupplierFeed) -> list[FeedPart]:
    if not feed.part.name:
        return [feed.part]
    others = (one.part for one in snapshots.good_parts(state, feed.integration_id, feed.part.name))
    parts = [feed.part, *others]
    over = {name for part in parts for name in part.replaces}
    return [part for part in parts if part.name not in over] or [feed.part]
