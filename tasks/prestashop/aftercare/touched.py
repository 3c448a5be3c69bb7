"""Which products a change set really wrote: a list beside it in the archive, for programs that clear caches."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from tasks import archive
from tasks.duck import desk

FILE = "touched.csv"
BECAME = ("on", "off", "text_only", "other")


class Touched(NamedTuple):
    """The products that were written: `path` is `touched.csv`, one column `id_product`, ascending.

    `became` counts them: `on`, `off`, `text_only`, `other` (only pieces, or a flag that stands for the shop's default).
    `written_at`: when that was done, or (after a crash) planned; seconds since 1970.
    """

    path: Path
    products: int
    became: dict[str, int]
    written_at: float

    def parts(self, size: int) -> Iterator[list[int]]:
        """The ids, at most `size` at a time."""
        with self.path.open(encoding="ascii") as file:
            next(file, None)
            while part := [int(line) for line in islice(file, size)]:
                yield part


def touched_by(integration_id: int, change_set_id: str, folder: Path) -> Touched:
    """Find out what a change set wrote and put the list beside it, by way of `folder`.

    By its outcomes; where a crash left none, each product that it could have written. Nothing written: no list.
    Errors: NotArchivedError, if it is not in the archive any more.
    """
    place = archive.find("changes", integration_id, change_set_id)
    changes, outcomes = place / "changes.parquet", place / "outcomes.parquet"
    known = outcomes if outcomes.exists() else None
    with desk() as table:
        table.show(changes=changes)
        if known:
            table.show(outcomes=known)
        else:
            table.run("prestashop/desk/unknown_outcomes.sql")
        table.run("prestashop/desk/touched.sql")
        counted = table.rows("SELECT became, count(*) AS products FROM touched GROUP BY became")
        became = dict.fromkeys(BECAME, 0) | {row["became"]: row["products"] for row in counted}
        if counted:
            ids = {"path": str(folder / FILE)}
            table.connection.execute("COPY (SELECT id_product FROM touched ORDER BY id_product) TO $path (HEADER)", ids)
            archive.add(place, FILE, folder / FILE)
    return Touched(place / FILE, sum(became.values()), became, (known or changes).stat().st_mtime)
