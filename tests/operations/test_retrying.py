"""Which failed runs are started again, on plain values."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from prefect.client.schemas.objects import StateType
from prefect.client.schemas.responses import DeploymentResponse, GlobalConcurrencyLimitResponse

from tasks.operations.model import PrefectRun
from tasks.operations.retrying import Known, is_inline, judge, key_of

FLOW = uuid4()
DEPLOYMENT = DeploymentResponse(id=uuid4(), name="acme", flow_id=FLOW, parameters={"feed": "acme"}, labels={})
NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)


def run(hours_ago: float = 1, end: StateType = StateType.FAILED, message: str = "", **more: Any) -> PrefectRun:
    given = {"deployment_id": DEPLOYMENT.id, "parameters": {"feed": "acme"}, **more}
    began_at = NOW - timedelta(hours=hours_ago)
    return PrefectRun(uuid4(), "import acme", FLOW, end, message=message, began_at=began_at, **given)


def reason(failed: PrefectRun, *others: PrefectRun, **more: Any) -> str | None:
    known: dict[str, Any] = {"deployments": {DEPLOYMENT.id: DEPLOYMENT}, "flows": {FLOW: "import-feed"}, "ends": {}}
    return judge([failed], Known(runs=[failed, *others], **{**known, **more}))[0].reason


def test_a_failed_run_is_retried() -> None:
    assert reason(run()) is None


def test_a_dead_run_is_retried() -> None:
    assert reason(run(end=StateType.CRASHED)) is None


def test_what_was_marked_as_dead_and_came_to_its_end_is_left() -> None:
    one = run(end=StateType.CRASHED)
    assert reason(one, ends={str(one.id): "completed"}) == "went_through"


@pytest.mark.parametrize("status", ["refused", "quarantined"])
def test_what_our_record_says_was_stopped_on_purpose_is_left(status: str) -> None:
    one = run()
    assert reason(one, ends={str(one.id): status}) == status


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("Flow run encountered an exception: Refused: the feed", "refused"),
        ("Flow run encountered an exception: tasks.errors.WrongSettingsError: no such", "settings"),
        ("Validation of flow parameters failed with error: ParameterTypeError", "settings"),
        ("Flow run encountered an exception: UnreachableError: no answer", None),
        ("Flow run encountered an exception: Busy: integration 6", None),
    ],
)
def test_what_the_state_says_of_the_error(message: str, expected: str | None) -> None:
    assert reason(run(message=message)) == expected


def test_the_newest_of_equal_ones_is_retried() -> None:
    older, newer = run(3), run(2)
    assert (reason(older, newer), reason(newer, older)) == ("older", None)


def test_other_parameters_are_another_thing() -> None:
    assert reason(run(3, parameters={"feed": "acme", "limit": 5}), run(2)) is None


def test_what_went_through_since_is_not_done_again() -> None:
    assert reason(run(3), run(2, StateType.COMPLETED)) == "superseded"


def test_a_scheduled_run_that_went_through_did_all_there_was() -> None:
    scheduled = DEPLOYMENT.model_copy(update={"schedules": [object()]})
    failed, went = run(3, parameters={"feed": "acme", "limit": 5}), run(2, StateType.COMPLETED)
    assert reason(failed, went, deployments={DEPLOYMENT.id: scheduled}) == "superseded"


def test_one_under_way_is_waited_for() -> None:
    assert reason(run(3), run(1, StateType.RUNNING)) == "under_way"


def test_one_cancelled_since_is_no_hindrance() -> None:
    assert reason(run(3), run(1, StateType.CANCELLED)) is None


def test_a_retry_of_it_is_known_by_its_key() -> None:
    failed = run(3)
    assert reason(failed, run(1, StateType.CANCELLED, key=key_of(failed, []))) == "retried"


def test_a_retry_that_gave_way_may_come_once_more() -> None:
    failed = run(3)
    key, gave_way = key_of(failed, []), "Deployment concurrency limit reached."
    first = run(1, StateType.CANCELLED, gave_way, key=key)
    again = key_of(failed, [first])
    assert (reason(failed, first), again == key) == (None, False)
    assert reason(failed, first, run(1, StateType.RUNNING, key=again)) == "retried"


@pytest.mark.parametrize(("limited", "expected"), [(True, [None, "in_turn"]), (False, [None, None])])
def test_of_a_deployment_that_runs_one_at_a_time_one_is_started(limited: bool, expected: list[str | None]) -> None:
    """The others would be cancelled, because its place is taken."""
    limit = GlobalConcurrencyLimitResponse(id=uuid4(), name="x", limit=1, active_slots=0, active=True)
    deployment = DEPLOYMENT.model_copy(update={"global_concurrency_limit": limit if limited else None})
    failed = [run(2, parameters={"feed": "acme", "limit": number}) for number in (1, 2)]
    known = Known(failed, {DEPLOYMENT.id: deployment}, {FLOW: "import-feed"}, {})
    assert [verdict.reason for verdict in judge(failed, known)] == expected
    at_work = Known([*failed, run(1, StateType.RUNNING, parameters={})], known.deployments, known.flows, {})
    assert judge(failed, at_work)[0].reason == expected[1]


@pytest.mark.parametrize(
    ("parameters", "inline"),
    [
        ({"feed": "acme", "limit": 3}, False),
        ({"feed": {"$ref": {"block_document_id": "1"}}}, False),
        ({"feed": {"integration_id": 6, "source": "x", "password": None}}, True),
        ({"feed": {"$ref": "x"}, "more": ["**********"]}, True),
    ],
)
def test_inline_blocks(parameters: dict[str, Any], inline: bool) -> None:
    assert is_inline(parameters) == inline


def test_a_run_with_an_inline_block_is_left() -> None:
    assert reason(run(parameters={"feed": {"integration_id": 6, "password": "********"}})) == "inline"


def test_a_paused_deployment_is_left_unless_the_run_is_named() -> None:
    paused = {DEPLOYMENT.id: DEPLOYMENT.model_copy(update={"paused": True})}
    assert reason(run(), deployments=paused) == "paused"
    assert reason(run(), deployments=paused, asked_by_id=True) is None


def test_what_has_no_deployment_any_more() -> None:
    assert reason(run(), deployments={}) == "gone"
    assert reason(run(deployment_id=None)) == "no_deployment"
