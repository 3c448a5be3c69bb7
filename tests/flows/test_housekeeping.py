"""The housekeeping flows on a real Prefect server; runs there are made by its API, with the times that a test needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import ArtifactCreate, DeploymentScheduleCreate, WorkPoolCreate, WorkPoolUpdate
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterDeploymentId
from prefect.client.schemas.objects import ConcurrencyLimitStrategy, ConcurrencyOptions, FlowRun, State
from prefect.client.schemas.schedules import CronSchedule
from prefect.exceptions import ObjectNotFound
from prefect.states import Completed, Crashed, Failed, Pending, Running

from flows.import_catalog import import_catalog
from flows.import_feed import import_feed
from flows.monitor_queues import monitor_queues
from flows.prune_runs import prune_runs
from flows.retry_failed_runs import retry_failed_runs
from tasks import feeds
from tasks.operations import alerts, model
from tasks.state import StateDatabase, open_state
from tests.flows.world import World

HOUR = timedelta(hours=1)


class Prefect:
    """Deployments and runs at the server, as this test wants them."""

    def __init__(self, client: SyncPrefectClient) -> None:
        self.client = client
        self.pool = f"pool-{uuid4().hex[:8]}"
        client.create_work_pool(WorkPoolCreate(name=self.pool, type="process"))
        self.flow = f"import-{uuid4().hex[:8]}"
        self.flow_id = client.create_flow_from_name(self.flow)

    def deploy(self, name: str = "acme", **more: Any) -> UUID:
        return self.client.create_deployment(
            self.flow_id, name, parameters={"feed": "acme"}, work_pool_name=self.pool, **more
        )

    def run(self, deployment: UUID, *states: State[Any], **parameters: Any) -> FlowRun:
        run = self.client.create_flow_run_from_deployment(deployment, parameters=parameters)
        for state in states:
            self.client.set_flow_run_state(run.id, state, force=True)
        return self.client.read_flow_run(run.id)

    def runs(self, deployment: UUID) -> list[FlowRun]:
        wanted = FlowRunFilter(deployment_id=FlowRunFilterDeploymentId(any_=[deployment]))
        return self.client.read_flow_runs(flow_run_filter=wanted)

    def state_of(self, run: FlowRun) -> str:
        return str(self.client.read_flow_run(run.id).state_name)

    def exists(self, run: FlowRun) -> bool:
        with suppress(ObjectNotFound):
            return bool(self.client.read_flow_run(run.id))
        return False


@pytest.fixture
def prefect(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Prefect]:
    with get_client(sync_client=True) as client:
        made = Prefect(client)
        monkeypatch.setattr(model, "FLOWS", {made.flow})  # as if it were one of ours, and the only one
        yield made
        client.delete_flow(made.flow_id)  # with its deployments and runs: the server serves other tests, too
        client.delete_work_pool(made.pool)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Let the flows believe that it is so many hours later; what Prefect stamped is as old, then."""
    real = StateDatabase.now

    def move(hours: float) -> None:
        monkeypatch.setattr(StateDatabase, "now", lambda state: real(state) + hours * HOUR)

    return move


def each_minute() -> Any:
    return DeploymentScheduleCreate(schedule=CronSchedule(cron="* * * * *"), active=True)


def schedule(prefect: Prefect, deployment: UUID, runs: int) -> None:
    """What the server's scheduler does each minute."""
    more = {"min_runs": runs, "max_runs": runs}
    prefect.client.request("POST", f"/deployments/{deployment}/schedule", json=more)  # type: ignore[arg-type]


@pytest.mark.slow
def test_what_is_not_ours_is_left_alone(
    prefect: Prefect, later: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A company's Prefect server serves others, too; their runs may have no heartbeats at all."""
    monkeypatch.setattr(model, "FLOWS", {"another"})
    deployment = prefect.deploy(schedules=[someday()])
    states: list[State[Any]] = [Running(), Pending(), Failed()]
    silent, taken, failed = (prefect.run(deployment, state) for state in states)
    for hours in (0.1, 800):
        later(hours)
        found = monitor_queues()
        assert (found.faults, found.runs_ended) == (0, 0)
    prune_runs()
    assert retry_failed_runs(run_ids=[failed.id]).failed_runs == 0
    assert [prefect.state_of(run) for run in (silent, taken, failed)] == ["Running", "Pending", "Failed"]


@pytest.mark.slow
def test_how_a_deployment_went_last_is_known_however_old_it_is(
    prefect: Prefect, later: Callable[[float], None]
) -> None:
    """Or the watchdog would say that a schedule which comes once in a month is well again."""
    deployment = prefect.deploy(schedules=[someday()])
    older, last = prefect.run(deployment, Failed()), prefect.run(deployment, Failed())
    assert monitor_queues().faults == 1
    later(200)
    prune_runs()
    assert [prefect.exists(run) for run in (older, last)] == [False, True]
    assert (monitor_queues().faults, monitor_queues().recovered) == (1, 0)


@pytest.mark.slow
def test_what_piled_up_without_a_worker_is_done_once(prefect: Prefect, later: Callable[[float], None]) -> None:
    deployment = prefect.deploy(schedules=[each_minute()])
    by_hand = prefect.run(deployment, limit=3)
    schedule(prefect, deployment, 20)
    later(0.25)
    planned, done, again = monitor_queues(dry_run=True), monitor_queues(), monitor_queues()
    assert planned.doubles_cancelled == done.doubles_cancelled >= 13
    assert (again.doubles_cancelled, again.waiting, prefect.state_of(by_hand)) == (0, 2, "Scheduled")


@pytest.mark.slow
def test_a_paused_pool_is_no_late_queue(prefect: Prefect, later: Callable[[float], None]) -> None:
    prefect.run(prefect.deploy())
    later(1)
    assert monitor_queues().faults == 1
    prefect.client.update_work_pool(prefect.pool, WorkPoolUpdate(is_paused=True))
    assert monitor_queues().faults == 0


@pytest.mark.slow
def test_what_gave_way_or_went_through_all_the_same_is_no_failure(prefect: Prefect) -> None:
    deployment = prefect.deploy(schedules=[someday()])
    marked = prefect.run(deployment, Crashed())
    assert monitor_queues(dry_run=True).faults == 1
    with open_state() as state, state.session() as session:
        began = {"id": str(marked.id), "flow": "import-feed", "integration_id": 6, "started_at": session.now()}
        session.execute("run_started", began)
        ended = {"ended_at": session.now(), "status": "completed", "summary": "{}", "message": ""}
        session.execute("run_ended", {"id": str(marked.id), **ended})
    assert monitor_queues(dry_run=True).faults == 0
    busy: State[Any] = Failed(message="Flow run encountered an exception: Busy: integration 6")
    prefect.run(deployment, busy)
    prefect.run(deployment, busy)
    assert monitor_queues(dry_run=True).faults == 0
    prefect.run(deployment, busy)
    assert monitor_queues(dry_run=True).faults == 1  # three in a row: something holds it up


def test_old_runs_go_with_their_artifacts(prefect: Prefect, later: Callable[[float], None]) -> None:
    deployment = prefect.deploy()
    old = prefect.run(deployment, Failed())
    completed = prefect.run(deployment, Completed())
    artifact = prefect.client.create_artifact(ArtifactCreate(key="old", type="markdown", data="x", flow_run_id=old.id))
    later(169)
    done = prune_runs()
    assert (done.failed_runs, done.artifacts, done.more) == (1, 1, False)
    assert [prefect.exists(run) for run in (old, completed)] == [False, True]
    assert artifact.id not in {one.id for one in prefect.client.read_artifacts()}


@pytest.mark.slow
def test_young_runs_stay_and_a_dry_run_removes_none(prefect: Prefect, later: Callable[[float], None]) -> None:
    deployment = prefect.deploy()
    old, _ = prefect.run(deployment, Failed()), prefect.run(deployment, Completed())
    later(167)
    assert prune_runs().failed_runs == 0
    later(169)
    assert (prune_runs(dry_run=True).failed_runs, prefect.exists(old)) == (1, True)
    assert (prune_runs().failed_runs, prune_runs().failed_runs) == (1, 0)


def test_a_failed_run_is_started_again_once(prefect: Prefect) -> None:
    deployment = prefect.deploy()
    failed = prefect.run(
        deployment, Failed(message="Flow run encountered an exception: UnreachableError: x"), feed="acme", limit=3
    )
    refused = prefect.run(
        deployment, Failed(message="Flow run encountered an exception: Refused: x"), feed="acme", limit=4
    )
    inline = prefect.run(deployment, Crashed(), feed={"integration_id": 6, "password": "********"})
    done = retry_failed_runs(flow=prefect.flow)
    assert (done.failed_runs, done.retried, done.not_retried) == (3, 1, {"inline": 1, "refused": 1})
    again = retry_failed_runs(run_ids=[failed.id, refused.id, inline.id])
    assert (again.retried, again.not_retried) == (0, {"inline": 1, "refused": 1, "retried": 1})
    (new,) = [run for run in prefect.runs(deployment) if "retried" in run.tags]
    assert (new.parameters, new.state_name) == ({"feed": "acme", "limit": 3}, "Scheduled")


def test_a_run_that_gave_way_is_no_fault_and_one_that_was_never_begun_gives_its_place_back(
    prefect: Prefect, later: Callable[[float], None]
) -> None:
    cancel_new = ConcurrencyOptions(collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW)
    deployment = prefect.deploy(concurrency_limit=1, concurrency_options=cancel_new)
    stuck, gave_way = prefect.run(deployment), prefect.run(deployment)
    for run in (stuck, gave_way):
        prefect.client.set_flow_run_state(run.id, Pending())
    assert prefect.state_of(gave_way) == "Cancelled"
    later(0.6)
    done = monitor_queues()
    assert (done.runs_ended, done.faults, prefect.state_of(stuck)) == (1, 0, "Crashed")
    third = prefect.run(deployment)
    prefect.client.set_flow_run_state(third.id, Pending())
    assert prefect.state_of(third) == "Pending"


@pytest.mark.slow
def test_a_silent_run_dies_at_the_second_look(prefect: Prefect, later: Callable[[float], None]) -> None:
    silent = prefect.run(prefect.deploy(), Running())
    later(0.1)
    assert (monitor_queues().runs_ended, prefect.state_of(silent)) == (0, "Running")
    later(1.2)
    assert (monitor_queues().runs_ended, prefect.state_of(silent)) == (1, "Crashed")


@pytest.mark.slow
def test_a_dry_run_ends_and_starts_nothing(prefect: Prefect, later: Callable[[float], None]) -> None:
    deployment = prefect.deploy(schedules=[someday()])
    stuck, failed = prefect.run(deployment, Pending()), prefect.run(deployment, Failed())
    later(0.6)
    planned = monitor_queues(dry_run=True)
    assert (planned.runs_ended, planned.faults, prefect.state_of(stuck)) == (1, 1, "Pending")
    assert retry_failed_runs(run_ids=[failed.id], dry_run=True).failed_runs == 1
    asked_for = [run for run in prefect.runs(deployment) if not run.auto_scheduled]
    assert (len(asked_for), monitor_queues().told) == (2, 1)


@pytest.mark.slow
def test_a_run_with_our_lease_is_left_alone(prefect: Prefect, later: Callable[[float], None]) -> None:
    silent = prefect.run(prefect.deploy(), Running())
    with open_state() as state, state.session() as session:
        now = session.now()
        values = {"integration_id": 6, "run_id": str(silent.id), "holder": "acme", "acquired_at": now}
        session.execute("lease_take", {**values, "expires_at": now + 3 * HOUR})
    later(0.1)
    monitor_queues()
    later(1.2)
    assert (monitor_queues().runs_ended, prefect.state_of(silent)) == (0, "Running")


@pytest.mark.slow
def test_a_failing_schedule_is_told_once_and_when_it_is_over(prefect: Prefect) -> None:
    deployment = prefect.deploy(schedules=[someday()])
    prefect.run(deployment, Failed(message="Flow run encountered an exception: OperationalError: password=x"))
    first, second = monitor_queues(), monitor_queues()
    assert (first.faults, first.told, second.faults, second.told) == (1, 1, 1, 0)
    with open_state() as state:
        (known,) = alerts.known(state).values()
    assert "OperationalError" in known["message"]
    assert "password" not in known["message"]
    prefect.run(deployment, Completed())
    third = monitor_queues()
    assert (third.faults, third.recovered) == (0, 1)


def someday() -> Any:
    """A schedule, of which the server's own scheduler makes no run while the test looks."""
    return DeploymentScheduleCreate(schedule=CronSchedule(cron="0 2 29 2 *"), active=True)


@pytest.mark.slow
def test_what_dead_runs_left_in_our_database_ends(prefect: Prefect) -> None:
    dead = prefect.run(prefect.deploy(), Crashed())
    with open_state() as state:
        with state.session() as session:
            old = session.now() - HOUR
            record = {"id": str(dead.id), "flow": "import-feed", "integration_id": 6, "started_at": old}
            session.execute("run_started", record)
            lease = {"integration_id": 6, "run_id": str(dead.id), "holder": "acme", "acquired_at": old}
            session.execute("lease_take", {**lease, "expires_at": old + timedelta(seconds=90)})
        done = monitor_queues()
        with state.session(read_only=True) as session:
            (row,) = session.execute("run_by_id", {"id": str(dead.id)})
            leases = session.execute("leases_all")
    assert (done.records_ended, done.leases_ended, row["status"], leases) == (1, 1, "failed", [])
    assert "Crashed" in row["message"]


@pytest.mark.slow
def test_a_place_that_nobody_holds_is_free_again_at_the_second_look(
    prefect: Prefect, later: Callable[[float], None]
) -> None:
    cancel_new = ConcurrencyOptions(collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW)
    deployment = prefect.deploy(concurrency_limit=1, concurrency_options=cancel_new)
    limit = prefect.client.read_deployment(deployment).global_concurrency_limit
    assert limit is not None
    prefect.client.increment_concurrency_slots(names=[limit.name], slots=1, mode="concurrency")
    shut_out = prefect.run(deployment)
    prefect.client.set_flow_run_state(shut_out.id, Pending())
    assert prefect.state_of(shut_out) == "Cancelled"
    assert (monitor_queues().slots_freed, monitor_queues().slots_freed) == (0, 0)
    later(0.2)
    assert (monitor_queues().slots_freed, monitor_queues().slots_freed) == (1, 0)
    through = prefect.run(deployment)
    prefect.client.set_flow_run_state(through.id, Pending())
    assert prefect.state_of(through) == "Pending"


@pytest.mark.slow
def test_an_import_that_changed_links_says_so(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """An automation may start the shop's sync then; one that changed nothing starts none."""
    said: list[tuple[Any, ...]] = []
    monkeypatch.setattr(feeds, "emit", lambda *told: said.append(told))
    import_catalog(world.shop)
    world.write_feed([(reference, 30, 1) for reference in world.references()[:3]])
    import_feed(world.feed, dry_run=True)
    import_feed(world.feed)
    import_feed(world.feed)
    assert [(told[0], told[1], told[3]["created"]) for told in said] == [("rexbit.feed.imported", 6, 3)]
