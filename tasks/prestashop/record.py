"""What we wrote to a shop, kept in our database: the only memory that a later run compares with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from tasks.duck import Desk
from tasks.prestashop.model import Outcome
from tasks.state import StateDatabase

KEY = ("integration_id", "id_product", "id_product_attribute", "id_lang", "field")
HELD = ("written", "already")


class Recorder:
    """Writes down one change set (table `changes` on the desk) as it is applied, window by window."""

    def __init__(self, state: StateDatabase, table: Desk, integration_id: int, run_id: str, folder: Path) -> None:
        self._state = state
        self._table = table
        self._values: dict[str, int | str] = {"integration_id": integration_id, "run_id": run_id}
        self._folder = folder
        table.connection.execute(
            "CREATE TABLE not_held (id_product BIGINT, id_product_attribute BIGINT, id_lang INTEGER, field VARCHAR)"
        )

    def before_first_write(self) -> None:
        """Keep what the rows hold that we meet for the first time.

        This stands before anything is written: a crash between writing and recording would lose it for ever.
        """
        self._table.run("prestashop/desk/first_met.sql", self._values)
        rows = self._table.save("first_met", self._folder / "first_met.parquet")
        with self._state.session() as session:
            session.upsert("shop_written", rows, key=KEY, update=())

    def window(self, outcomes: Sequence[Outcome], now: datetime) -> None:
        """Record one window, read back from the shop; what it doesn't hold is not recorded."""
        missed = [outcome[:4] for outcome in outcomes if outcome.outcome not in HELD]
        if missed:
            self._table.connection.executemany("INSERT INTO not_held VALUES (?, ?, ?, ?)", missed)
        products = [outcome.id_product for outcome in outcomes]
        span = {"first": min(products), "last": max(products), "now": now}
        self._table.run("prestashop/desk/recorded.sql", {**self._values, **span})
        rows = self._table.save("recorded", self._folder / "recorded.parquet")
        with self._state.session() as session:
            session.upsert("shop_written", rows, key=KEY, update=("value", "written_at", "run_id"))

    def tell_links(self, now: datetime) -> None:
        """Say in the links' metadata, for Rexbit's readers, which products can be ordered now; we never read it."""
        links = self._state.read(
            "integration_product_links",
            self._folder / "shop_links.parquet",
            ("product_id", "external_product_id", "metadata"),
            where={"integration_id": self._values["integration_id"]},
        )
        self._table.load(shop_links=links)
        self._table.run("prestashop/desk/link_metadata.sql", {**self._values, "now": now})
        rows = self._table.save("link_metadata", self._folder / "link_metadata.parquet")
        with self._state.session() as session:
            session.update("integration_product_links", rows, key=("integration_id", "product_id"))
