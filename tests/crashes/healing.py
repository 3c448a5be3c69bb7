"""A sync that is struck in the middle of its work by what dies around it, and how long it takes until all is well."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

from tests.crashes.killing import of_run
from tests.crashes.production import Json, Production

EVERY_SECONDS = 10.0  # its schedule, so that the next run doesn't let us wait


class Healed(NamedTuple):
    """What became of a struck run: as Prefect has it, as our database has it, and the run that went through next."""

    ended: Json
    recorded: str
    next: Json
    ended_after: float
    well_after: float
    not_as_recorded: int


class Patient:
    """One shop's sync under its schedule."""

    def __init__(self, production: Production, shop: str) -> None:
        self.shop = production.shops[shop]
        self.run_id = ""
        self.struck_at = datetime.now(UTC)
        self.not_as_recorded = 0
        self._production = production
        self._name = f"sync-availability/{shop}"

    def begin(self) -> None:
        """Let its schedule start it."""
        self.shop.hold()
        self._production.schedule(self._name, EVERY_SECONDS)

    def wait_until_held(self) -> None:
        """Until it has written some windows and waits in the last."""
        self.shop.wait_until_held()
        (run,) = self._production.runs(self._name, "RUNNING")
        self.run_id = str(run["id"])

    def strike(self) -> list[int]:
        """The time runs from now on; returns the run's processes."""
        self.struck_at = datetime.now(UTC)
        return of_run(self.run_id)

    def let_go(self) -> None:
        """What it waited for in the shop may be written."""
        with self._production.postgres.connect("rexbit") as ours:
            self.not_as_recorded += self.shop.not_as_recorded(ours)
        self.shop.let_go()

    def healed(self) -> Healed:
        """Wait until the struck run has ended, and a later one of its schedule went through."""
        ended = self._production.ended(self.run_id)
        after = self._production.wait_for(f"a next run of {self._name}", self._next)
        self._production.switch(self._name, on=False)
        with self._production.postgres.connect("rexbit") as ours:
            self.not_as_recorded += self.shop.not_as_recorded(ours)
        ((recorded,),) = self._production.ask("SELECT status FROM runs WHERE id = %s", self.run_id)
        return Healed(
            ended, recorded, after, self._after(ended), max(map(self._after, (ended, after))), self.not_as_recorded
        )

    def _next(self) -> Json | None:
        done = [
            one
            for one in self._production.runs(self._name, "COMPLETED")
            if one["id"] != self.run_id and one["auto_scheduled"] and _moment(one["start_time"]) > self.struck_at
        ]
        return done[-1] if done else None

    def _after(self, run: Json) -> float:
        return (_moment(run["end_time"]) - self.struck_at).total_seconds()


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
