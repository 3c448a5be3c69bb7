"""Production of compose.yaml, struck with `kill -9` while a sync is in the middle of its work: it heals by itself."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest

from demo.orchestra import ROOT
from tests.crashes.healing import Healed
from tests.crashes.healing_table import PROPERTY
from tests.crashes.production import ALONE, Json, Production, prepare, start_production
from tests.crashes.striking_production import strike_postgres, strike_processes, strike_server

FED = "sklep"  # the shop whose sync an import starts
BY_AN_IMPORT = "rexbit: sync sklep after an import"


class Case(NamedTuple):
    """What dies, the shop whose sync is at work then, how that ends (at Prefect, in our record), and what is seen."""

    dies: str
    shop: str
    ends: tuple[str, str]
    seen: str


DEAD, DONE = ("CRASHED", "failed"), ("COMPLETED", "completed")
CASES = (
    Case("the run's process", ALONE, DEAD, "Crashed, said by its worker"),
    Case("the worker alone", "worker", DEAD, "Crashed: it ends itself without its worker"),
    Case("the worker and the run", "both", DEAD, "Crashed, said by the automation"),
    Case("Prefect's server", "server", DONE, "Completed: it says so when the server is back"),
    Case("PostgreSQL, restarted in haste", "restarted", DONE, "Completed: it waits for its database"),
    Case("PostgreSQL, killed", "killed", DONE, "Completed: it waits for its database"),
)


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Production]:
    """All of it, with the workers that take imports and syncs."""
    folder = tmp_path_factory.mktemp("production")
    with start_production(folder, [FED, *(case.shop for case in CASES)]) as made:
        prepare(made)
        made.workers = {queue: made.start(f"worker-{queue}") for queue in ("import", "default")}
        yield made


@pytest.fixture(scope="module")
def imports(production: Production) -> list[Json]:
    """Two imports with the automation switched on: the first makes links, the second finds the same file."""
    production.switch_automation(BY_AN_IMPORT, on=True)
    return [production.run("import-feed/acme") for _ in range(2)]


@pytest.fixture(scope="module")
def healed(production: Production, imports: list[Json]) -> dict[str, Healed]:
    """One thing after the other is struck."""
    found = strike_processes(production)
    found["server"] = strike_server(production)
    found["restarted"] = strike_postgres(production, "restarted", signal.SIGQUIT)
    found["killed"] = strike_postgres(production, "killed", signal.SIGKILL)
    return found


each_case = pytest.mark.parametrize("case", CASES, ids=[case.shop for case in CASES])


@pytest.mark.slow
@each_case
def test_the_run_ends_in_a_true_state(
    healed: dict[str, Healed], case: Case, record_property: Callable[[str, object], None]
) -> None:
    one = healed[case.shop]
    row = (CASES.index(case), case.dies, case.seen, one.ended_after, one.well_after)
    record_property(PROPERTY, json.dumps(row))
    assert (one.ended["state_type"], one.recorded) == case.ends, one.ended["state"]["message"]


@pytest.mark.slow
@each_case
def test_the_next_scheduled_run_goes_through(healed: dict[str, Healed], case: Case) -> None:
    assert (healed[case.shop].next["state_type"], healed[case.shop].next["auto_scheduled"]) == ("COMPLETED", True)


@pytest.mark.slow
@each_case
def test_nothing_is_recorded_that_was_not_written(healed: dict[str, Healed], case: Case) -> None:
    assert healed[case.shop].not_as_recorded == 0


@pytest.mark.slow
@each_case
def test_the_shop_is_as_wanted_and_nothing_was_written_twice(
    production: Production, healed: dict[str, Healed], case: Case
) -> None:
    shop = production.shops[case.shop]
    assert (shop.not_as_wanted(production.references), shop.written_more_than_once()) == (0, 0)


@pytest.mark.slow
def test_nobody_holds_a_place_and_the_watchdog_has_nothing_to_do(
    production: Production, healed: dict[str, Healed]
) -> None:
    watch = production.run("monitor-queues/watchdog")
    ((summary,),) = production.ask("SELECT summary FROM runs WHERE id = %s", watch["id"])
    names = ("faults", "runs_ended", "slots_freed", "leases_ended", "records_ended")
    assert [summary[name] for name in names] == [0] * len(names), summary
    assert (production.places_taken(), production.ask("SELECT * FROM leases")) == (0, [])


@pytest.mark.slow
def test_an_import_that_changed_links_starts_the_shops_sync_and_another_does_not(
    production: Production, imports: list[Json]
) -> None:
    """Once, two minutes later; meanwhile the others are struck, where these tests run in their order."""
    assert [one["state_type"] for one in imports] == ["COMPLETED", "COMPLETED"]

    def started() -> list[Json]:
        return production.runs(f"sync-availability/{FED}", "SCHEDULED", "PENDING", "RUNNING", "COMPLETED")

    (one,) = production.wait_for("the sync after the import", started)
    assert production.ended(one["id"])["state_type"] == "COMPLETED"
    events = production.api.post("/events/filter", json={"filter": {"event": {"name": ["rexbit.feed.imported"]}}})
    assert (events.raise_for_status().json()["total"], len(started())) == (1, 1)


def test_the_page_has_a_row_for_each_case() -> None:
    page = (ROOT / "docs" / "healing.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1].strip() for line in page.splitlines() if line.startswith("| ")]
    assert [case.dies for case in CASES if rows.count(case.dies) != 1] == []
