"""A schedule makes runs: Prefect's own scheduler, as it works with what is installed."""

from __future__ import annotations

import time

import httpx

from demo.orchestra import Orchestra

LONGEST_SECONDS = 60  # it looks for new deployments each five seconds


def test_a_schedule_makes_runs(orchestra: Orchestra) -> None:
    """SQLAlchemy 2.1 refused what Prefect 3.8 writes here: nothing was ever started, and only the server's log told."""
    with httpx.Client(base_url=f"{orchestra.url}/api", timeout=30) as api:
        flow = api.post("/flows/", json={"name": "scheduled"}).raise_for_status().json()
        schedule = {"active": True, "schedule": {"cron": "0 * * * *", "timezone": "Europe/Warsaw"}}
        given = {"name": "hourly", "flow_id": flow["id"], "schedules": [schedule]}
        deployment = api.post("/deployments/", json=given).raise_for_status().json()
        wanted = {"deployments": {"id": {"any_": [deployment["id"]]}}}
        deadline = time.monotonic() + LONGEST_SECONDS
        while not (found := api.post("/flow_runs/filter", json=wanted).json()) and time.monotonic() < deadline:
            time.sleep(0.2)
        api.delete(f"/deployments/{deployment['id']}").raise_for_status()
    assert {run["state_type"] for run in found} == {"SCHEDULED"}
