"""What a file's own offers say about settings that a person has to choose: the threshold, and what missing means."""

from __future__ import annotations

from pathlib import Path

from blocks import SupplierFeed
from blocks.feed import Absence
from tasks.duck import desk

THRESHOLDS = [1, 3, 5, 10, 20]


def shares_sold(offers: Path) -> dict[int, float]:
    """Which share of the offers each of some usual thresholds would let be ordered."""
    with desk() as table:
        table.show(offers=offers)
        table.run("can_be_ordered.sql")
        rows = table.rows(
            "SELECT threshold, avg(can_be_ordered(stock_quantity, is_available, threshold)::INTEGER) AS share"
            " FROM offers, (SELECT unnest($thresholds) AS threshold) GROUP BY threshold ORDER BY threshold",
            {"thresholds": THRESHOLDS},
        )
    return {row["threshold"]: round(row["share"], 4) for row in rows}


def fitting_absence(feed: SupplierFeed, offers: Path) -> tuple[Absence, str]:
    """Which absence policy fits, and why: a feed that never lists what is sold out tells it by leaving it out."""
    if not feed.part.says("stock"):
        return feed.absence, "this file says nothing about stock, so a missing item means nothing"
    with desk() as table:
        table.show(offers=offers)
        table.run("can_be_ordered.sql")
        (row,) = table.rows(
            "SELECT count(*) AS n, count(*) FILTER (NOT can_be_ordered(stock_quantity, is_available, 1)) AS off"
            " FROM offers"
        )
    if row["n"] and not row["off"]:
        return Absence.SOLD_OUT, f"all {row['n']:,} offers have stock: what is sold out is probably left out"
    words = f"{row['off']:,} of {row['n']:,} offers are listed without stock, so a missing one may mean something else"
    return Absence.UNCERTAIN, words
