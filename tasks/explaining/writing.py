"""What we wrote to the shop last of the product, and what the newest change set could not write of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tasks import archive
from tasks.duck import desk
from tasks.errors import NotArchivedError
from tasks.explaining.model import Changed, Item, LastWrite, NotWritten, ShopHolds
from tasks.explaining.records import run_of
from tasks.state import Session

KIND = "changes"


def last_write(
    session: Session, shop: int, item: Item, holds: ShopHolds, languages: dict[int, str]
) -> LastWrite | None:
    """The newest write of ours, with the change set that it was part of; None where we never wrote the product."""
    written = [value for value in holds.values if value.written_at and value.run_id]
    if not written:
        return None
    newest = max(written, key=lambda value: str(value.written_at))
    begun = session.execute("change_sets_until", {"integration_id": shop, "at": newest.written_at})
    change_set = next((row["id"] for row in begun if row["run_id"] == newest.run_id), None)
    told = LastWrite(
        written_at=newest.written_at,
        run_id=str(newest.run_id),
        run=run_of(session, str(newest.run_id)),
        change_set_id=change_set,
    )
    if told.change_set_id:
        told.values = [
            Changed(
                attribute=row["id_product_attribute"],
                language=languages.get(row["id_lang"], str(row["id_lang"])) if row["id_lang"] else None,
                reason_args=json.loads(row.pop("reason_args") or "{}"),
                **{name: row[name] for name in ("field", "before", "after", "reason_code")},
            )
            for row in _rows(shop, told.change_set_id, "changes.parquet", item)
        ]
    return told


def not_written(session: Session, shop: int, item: Item) -> list[NotWritten]:
    """What the newest change set planned for the product and left, or failed to write."""
    newest = session.execute("change_set_newest", {"integration_id": shop})
    if not newest:
        return []
    return [
        NotWritten(
            change_set_id=newest[0]["id"], **{name: row[name] for name in ("field", "outcome", "found", "message")}
        )
        for row in _rows(shop, newest[0]["id"], "outcomes.parquet", item)
        if row["outcome"] in {"left", "failed"}
    ]


def _rows(shop: int, change_set_id: str, file: str, item: Item) -> list[dict[str, Any]]:
    """The product's rows of a file of a change set; none where the archive holds it no more, or not yet."""
    try:
        path: Path = archive.find(KIND, shop, change_set_id, file) / file
    except NotArchivedError:
        return []
    if not path.exists():
        return []
    with desk() as table:
        table.show(these=path)
        return table.rows("FROM these WHERE id_product = $id_product", {"id_product": item.id_product})
