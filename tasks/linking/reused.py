"""Whether a supplier's code stands for another item than it did, for one link: the rule that an import has."""

from __future__ import annotations

from typing import NamedTuple

from tasks.duck import desk, sql_text


class Codes(NamedTuple):
    """The codes of an item, as a feed or a link writes them."""

    sku: str | None
    ean: str | None


def is_reused(known: Codes, now: Codes) -> bool:
    """Whether the codes by which an item was known and those that it has now speak for two items; see stale.sql."""
    with desk() as table:
        table.run("linking/keys.sql")
        values = {"sku": known.sku, "ean": known.ean, "other_sku": now.sku, "other_ean": now.ean}
        (row,) = table.rows(sql_text("linking/reused.sql"), values)
        return bool(row["reused"])
