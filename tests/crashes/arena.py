"""All drivers at one place: the starts of a run, and what each start shall become."""

from __future__ import annotations

from blocks import SupplierFeed
from tests.crashes.drivers import DRIVERS
from tests.crashes.place import SHOP, Place
from tests.crashes.striking import Goal, Striker, key_of
from tests.flows.world import AT_ONCE, MAPPING

PRISTINE, HALF = "pristine", "half"
OPTIONS = {PRISTINE: {}, HALF: {"compare": "shop"}}
"""Starts, with the options of the run that is struck: a shop never written to; a half written one that changes."""
FIRST_HALF = 15  # products


class Arena:
    """Runs of each driver; `passed`: the steps that a run without a fault goes through, by its start."""

    def __init__(self, place: Place) -> None:
        self.place = place
        source = str(place.folder / "acme.csv")
        self._feed = SupplierFeed(integration_id=6, contractor_id=5, source=source, mapping=MAPPING, fetching=AT_ONCE)
        self.strikers = {
            name: Striker(place, name, driver.block(place), self._feed) for name, driver in DRIVERS.items()
        }
        self.goals: dict[str, Goal] = {}
        self.passed: dict[str, list[str]] = {}
        self._prepare(next(iter(self.strikers.values())))

    def _prepare(self, striker: Striker) -> None:
        self._write_feed(0)
        assert striker.run("prepare").status == "completed"
        self.place.keep(PRISTINE)
        assert striker.run("sync", limit=FIRST_HALF).status == "completed"
        self._write_feed(1)
        assert striker.run("import").status == "completed"
        self.place.keep(HALF)
        for start, options in OPTIONS.items():
            self.place.begin(start)
            ended = striker.run("sync", **options)
            assert ended.status == "completed", ended
            self.passed[start] = ended.points
            striker.run("sync")  # which records rows that held by themselves what they should
            self.goals[start] = Goal(self.place.shop_rows(), set(map(key_of, self.place.recorded())))

    def _write_feed(self, turn: int) -> None:
        """Every product that can be offered: three in four with enough pieces, other days each turn."""
        with self.place.mariadb.connect(SHOP) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT DISTINCT reference FROM ps_product WHERE reference <> '' ORDER BY id_product")
            references = [row[0] for row in cursor.fetchall()]
        lines = [
            f"{reference};;{5 if (number + turn) % 4 == 0 else 30};{2 + turn}"
            for number, reference in enumerate(references)
        ]
        text = "\n".join(["Symbol;EAN;Stan;Termin", *lines, ""])
        (self.place.folder / "acme.csv").write_text(text, encoding="utf-8")
