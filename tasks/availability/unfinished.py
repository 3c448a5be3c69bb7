"""What crashed runs planned to write: some of it may stand in the shop without a record."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tasks import archive
from tasks.duck import Desk, desk
from tasks.errors import NotArchivedError
from tasks.run import Run

UNFINISHED = """CREATE TABLE unfinished (place INTEGER, id_product BIGINT, id_product_attribute BIGINT, id_lang INTEGER,
  field VARCHAR, before VARCHAR, after VARCHAR)"""


def lay_unfinished(run: Run[Any], table: Desk) -> None:
    """Lay the changes of change sets that a crash cut short on the desk, by their `place` in time."""
    table.connection.execute(UNFINISHED)
    with run.state.session(read_only=True) as session:
        names = [row["id"] for row in session.execute("change_sets_open", {"integration_id": run.integration_id})]
    for place, name in enumerate(names):
        try:
            folder = archive.find("changes", run.integration_id, name)
        except NotArchivedError as gone:
            run.warn(f"what change set {name} wrote before a crash can't be told any more: {gone}")
        else:
            values = {"place": place, "path": str(folder / "changes.parquet")}
            table.run("availability/unfinished.sql", values)


def keep_unfinished(run: Run[Any]) -> Path:
    """The same as a file: place, id_product, id_product_attribute, id_lang, field, before, after."""
    with desk() as table:
        lay_unfinished(run, table)
        return table.save("unfinished", run.folder / "unfinished.parquet")
