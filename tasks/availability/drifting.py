"""What somebody else changed in a shop since we wrote it: found beside what is wanted, and judged by the policy."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel

from blocks import ManualEdits
from tasks.duck import Desk, desk

SAVED = ("judged", "ended")


class Memory(NamedTuple):
    """What we know of a shop beside what is wanted: what we wrote, changes by others, what a crash left.

    `edits`: shop_edits of this shop, None where there are none; `unfinished`: changes of change sets that were cut
    short, None where none was. `with_shop`: each row of the shop is compared; `whole`: of all products, not only one
    contractor's.
    """

    written: Path
    edits: Path | None
    unfinished: Path | None
    now: datetime
    with_shop: bool
    whole: bool = True

    @property
    def has_more(self) -> bool:
        """Whether rows must be looked at that are as they shall be by our record."""
        return self.edits is not None or self.unfinished is not None

    @property
    def moment(self) -> datetime:
        """`now` as a desk knows times: in UTC, without a zone."""
        return self.now.astimezone(UTC).replace(tzinfo=None)

    def lay(self, table: Desk) -> None:
        """Lay written, edits and unfinished on the desk, those that are not there empty."""
        given = {"written": self.written, "edits": self.edits, "unfinished": self.unfinished}
        table.show(**{name: path for name, path in given.items() if path})
        table.run("availability/no_edits.sql")


class Drift(BaseModel):
    """What others changed, as files: `judged` (see drift.sql), `ended` (what was kept and is not any more).

    In products: `drifted`, of these `repaired` (planned, and ours again once written), `kept` as they are, `contested`
    among them. `idle`: products that were looked at and have nothing to be written, nothing that stays.
    `switched`: those whose flags are repaired. `by_field`: rows by field and what becomes of them.
    """

    judged: Path
    ended: Path
    drifted: int
    repaired: int
    kept: int
    contested: int
    idle: int
    switched: int
    by_field: list[dict[str, Any]]


def find_drift(
    differing: Path, shop_rows: Path, memory: Memory | None, policy: ManualEdits, folder: Path
) -> tuple[Path, Drift | None]:
    """Judge what stands in the shop and is neither ours nor wanted; also the rows of `differing` that may be written.

    Without anything found or remembered, these are all of them.
    """
    if memory is None:
        return differing, None
    with desk() as table:
        table.show(differing=differing, shop_rows=shop_rows)
        memory.lay(table)
        table.run("availability/drifted.sql")
        if not (memory.has_more or table.count("drifted")):
            return differing, None
        rules = {"texts": policy.texts, "flags": policy.flags, "days": policy.days}
        seen = {"now": memory.moment, "whole": memory.whole, "with_shop": memory.with_shop}
        table.run("availability/drift.sql", {**rules, **seen})
        saved = {name: table.save(name, folder / f"{name}.parquet") for name in SAVED}
        return table.save("to_write", folder / "to_write.parquet"), _drift(table, saved)


def _drift(table: Desk, saved: dict[str, Path]) -> Drift:
    (counts,) = table.rows(
        "SELECT count(DISTINCT id_product) AS drifted,"
        " count(DISTINCT id_product) FILTER (was = 'repaired') AS repaired,"
        " count(DISTINCT id_product) FILTER (was = 'contested') AS contested,"
        " count(DISTINCT id_product) FILTER (was = 'repaired' AND field = 'out_of_stock') AS switched FROM judged"
    )
    (idle,) = table.rows(
        "SELECT count(DISTINCT id_product) AS n FROM differing ANTI JOIN to_write USING (id_product)"
        " ANTI JOIN staying USING (id_product)"
    )
    (kept,) = table.rows("SELECT count(DISTINCT id_product) AS n FROM staying")
    by_field = table.rows("SELECT field, was, count(*) AS rows FROM judged GROUP BY field, was ORDER BY field, was")
    return Drift(**saved, **counts, kept=kept["n"], idle=idle["n"], by_field=by_field)
