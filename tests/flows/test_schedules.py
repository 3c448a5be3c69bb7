"""A deployment's schedule really brings runs: Prefect's server has to get on with what it was installed with."""

from __future__ import annotations

from datetime import timedelta

import httpx
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import DeploymentScheduleCreate
from prefect.client.schemas.schedules import IntervalSchedule

from demo.orchestra import Orchestra


def test_a_schedule_brings_runs(orchestra: Orchestra, prefect_api: None) -> None:
    """With SQLAlchemy 2.1 the server refuses its own statement, says so in its log alone, and nothing ever begins."""
    each_hour = IntervalSchedule(interval=timedelta(hours=1))
    with get_client(sync_client=True) as client:
        flow = client.create_flow_from_name("scheduled")
        schedules = [DeploymentScheduleCreate(schedule=each_hour, active=True)]
        deployment = client.create_deployment(flow, "scheduled", schedules=schedules)
        with httpx.Client(base_url=f"{orchestra.url}/api", timeout=30) as api:
            answer = api.post(f"/deployments/{deployment}/schedule", json={"min_runs": 1})  # what its service does
        assert answer.status_code == httpx.codes.OK, answer.text
        runs = client.read_flow_runs()
        client.delete_deployment(deployment)
    assert "Scheduled" in {run.state_name for run in runs if run.deployment_id == deployment}
