"""All drivers at one place: the starts of a run, and what each start shall become."""

from __future__ import annotations

from typing import Any

from blocks import SupplierFeed
from tests.crashes.drivers import DRIVERS
from tests.crashes.drivers_database import DATABASE_DRIVERS
from tests.crashes.place import Place
from tests.crashes.striking import Goal, Striker, key_of
from tests.crashes.ways import PRISTINE, Driver
from tests.flows.world import AT_ONCE, MAPPING

HALF = "half"
OPTIONS: dict[str, dict[str, Any]] = {HALF: {"compare": "shop"}}
"""Starts: a shop never written to; a half written one that changes; with options of the run that is struck."""
FIRST_HALF = 15  # products


class Arena:
    """Runs of each driver; `passed`: the steps that a run without a fault goes through, by its start."""

    def __init__(self, place: Place) -> None:
        self.place = place
        source = str(place.folder / "acme.csv")
        self._feed = SupplierFeed(integration_id=6, contractor_id=5, source=source, mapping=MAPPING, fetching=AT_ONCE)
        self.goals: dict[str, Goal] = {}
        self.passed: dict[str, list[str]] = {}
        self.strikers = {driver.name: self._striker(driver) for driver in DATABASE_DRIVERS}
        self._prepare(next(iter(self.strikers.values())))

    def striker(self, name: str) -> Striker:
        """Runs of a driver; its shop, where it has one of its own, is made when it is first asked for."""
        if name not in self.strikers:
            self._add_shop(DRIVERS[name])
        return self.strikers[name]

    def _striker(self, driver: Driver) -> Striker:
        return Striker(self.place, driver.name, driver.block(self.place), self._feed)

    def _prepare(self, striker: Striker) -> None:
        self._write_feed(0)
        assert striker.run("prepare").status == "completed"
        self.place.keep(PRISTINE)
        assert striker.run("sync", limit=FIRST_HALF).status == "completed"
        self._write_feed(1)
        assert striker.run("import").status == "completed"
        self.place.keep(HALF)
        for start in (PRISTINE, HALF):
            self._find_goal(striker, start)

    def _add_shop(self, driver: Driver) -> None:
        self.place.forget()
        self.place.add_shop(driver.name, str(driver.version))
        striker = self._striker(driver)
        self._write_feed(0)
        prepared = striker.run("prepare")
        assert prepared.status == "completed", prepared
        self.place.keep(driver.pristine)
        self._find_goal(striker, driver.pristine)
        self.strikers[driver.name] = striker

    def _find_goal(self, striker: Striker, start: str) -> None:
        self.place.begin(start)
        ended = striker.run("sync", **OPTIONS.get(start, {}))
        assert ended.status == "completed", ended
        self.passed[start] = ended.points
        striker.run("sync")  # which records rows that held by themselves what they should
        self.goals[start] = Goal(self.place.shop_rows(), set(map(key_of, self.place.recorded())))

    def _write_feed(self, turn: int) -> None:
        """Every product that can be offered: three in four with enough pieces, other days each turn."""
        with self.place.mariadb.connect(self.place.shop) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT DISTINCT reference FROM ps_product WHERE reference <> '' ORDER BY id_product")
            references = [row[0] for row in cursor.fetchall()]
        lines = [
            f"{reference};;{5 if (number + turn) % 4 == 0 else 30};{2 + turn}"
            for number, reference in enumerate(references)
        ]
        text = "\n".join(["Symbol;EAN;Stan;Termin", *lines, ""])
        (self.place.folder / "acme.csv").write_text(text, encoding="utf-8")
