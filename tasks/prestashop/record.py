"""What we wrote to a shop, kept in our database: the only memory that a later run compares with."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tasks import archive
from tasks.duck import Desk
from tasks.errors import NotArchivedError
from tasks.prestashop.model import Outcome
from tasks.state import StateDatabase

KEY = ("integration_id", "id_product", "id_product_attribute", "id_lang", "field")
HELD = ("written", "already")

logger = logging.getLogger(__name__)


class Writing(NamedTuple):
    """Who writes what, on whose behalf; `links` are those of every integration, `folder` is the run's.

    `is_trial`: it looks at some products only, and so does not finish what a crash left of others.
    """

    integration_id: int
    run_id: str
    change_set_id: str
    links: Path
    folder: Path
    is_trial: bool = False


class Done(NamedTuple):
    """A window that was applied to the products `first` to `last`; what was not simply written is `told`."""

    first: int
    last: int
    told: list[Outcome]


class Recorder:
    """Writes down one change set (table `changes` on the desk) as it is applied, window by window.

    What a row held before our first write is its `original`. It is recorded together with the write; should a crash
    come between the two, the change set in the archive still knows it, and `begin` of the next run takes it from there.
    """

    def __init__(self, state: StateDatabase, table: Desk, writing: Writing) -> None:
        self._state = state
        self._table = table
        self._writing = writing
        self._values: dict[str, int | str] = {"integration_id": writing.integration_id, "run_id": writing.run_id}
        self._unfinished: list[str] = []  # change sets that a crash cut short
        self._is_first = False  # nothing of this shop is recorded yet, so that no row has to be looked for
        table.connection.execute(
            "CREATE TABLE not_held (id_product BIGINT, id_product_attribute BIGINT, id_lang INTEGER, field VARCHAR)"
        )

    def begin(self) -> None:
        """Say that this change set is being written; keep what those met that a crash left behind."""
        values = {"id": self._writing.change_set_id, "integration_id": self._writing.integration_id}
        with self._state.session() as session:
            unfinished = [row["id"] for row in session.execute("change_sets_unfinished", values)]
            begun = {**values, "run_id": self._writing.run_id, "begun_at": session.now()}
            session.execute("change_set_begun", begun)
            self._is_first = not unfinished and not session.execute("shop_written_any", values)
        for change_set_id in unfinished:
            self._remember_originals(change_set_id)
        self._unfinished = unfinished

    def take_links(self) -> None:
        """Lay the shop's links beside the flags, before the first window is recorded."""
        self._table.show(links=self._writing.links)
        self._table.run("prestashop/desk/linked_flags.sql", self._values)

    def _remember_originals(self, change_set_id: str) -> None:
        """Keep what the rows of a change set held before it, where we have no record of them yet."""
        try:
            folder = archive.find("changes", self._writing.integration_id, change_set_id)
        except NotArchivedError as gone:
            logger.warning("what change set %s met in the shop can't be told any more: %s", change_set_id, gone)
        else:
            self._table.load(unfinished=folder / "changes.parquet")
            self._table.run("prestashop/desk/first_met.sql", self._values)
            rows = self._table.save("first_met", self._writing.folder / "first_met.parquet")
            with self._state.session() as session:
                session.upsert("shop_written", rows, key=KEY, update=())

    def windows(self, done: Sequence[Done]) -> None:
        """Record windows that follow each other, read back from the shop; what it doesn't hold is not recorded.

        The links' metadata says the same, for Rexbit's readers; we never read it.
        """
        missed = [outcome[:4] for window in done for outcome in window.told if outcome.outcome not in HELD]
        if missed:
            self._table.connection.executemany("INSERT INTO not_held VALUES (?, ?, ?, ?)", missed)
        values = {**self._values, "first": done[0].first, "last": done[-1].last, "now": self._state.now()}
        folder = self._writing.folder
        rows = self._table.select("prestashop/desk/recorded.sql", values, folder / "recorded.parquet")
        links = self._table.select("prestashop/desk/link_metadata.sql", values, folder / "link_metadata.parquet")
        with self._state.session() as session:
            if self._is_first:
                session.insert("shop_written", rows)
            else:
                session.upsert("shop_written", rows, key=KEY, update=("value", "written_at", "run_id"))
            session.update("integration_product_links", links, key=("integration_id", "product_id"))

    def end(self) -> None:
        """Say that every window is recorded, and with it what a crash left: not before, as this run may die as well."""
        self._end(self._writing.change_set_id)
        for change_set_id in [] if self._writing.is_trial else self._unfinished:
            self._end(change_set_id)

    def _end(self, change_set_id: str) -> None:
        with self._state.session() as session:
            session.execute("change_set_ended", {"id": change_set_id, "ended_at": session.now()})
