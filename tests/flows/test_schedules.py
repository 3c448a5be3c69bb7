"""The server makes runs for schedules: with SQLAlchemy 2.1 Prefect 3.8 made none, and said so only in its own log."""

from __future__ import annotations

import httpx

from demo.orchestra import Orchestra


def test_a_schedule_becomes_runs(orchestra: Orchestra) -> None:
    with httpx.Client(base_url=f"{orchestra.url}/api", timeout=30) as api:
        flow = api.post("/flows/", json={"name": "scheduled-at-all"}).raise_for_status().json()["id"]
        schedules = [{"schedule": {"cron": "0 0 1 1 *", "timezone": "Europe/Warsaw"}}]
        asked = {"name": "yearly", "flow_id": flow, "schedules": schedules}
        deployment = api.post("/deployments/", json=asked).raise_for_status().json()["id"]
        # what the server's scheduler does by itself, once a minute
        api.post(f"/deployments/{deployment}/schedule", json={"min_runs": 2}).raise_for_status()
        runs = api.post("/flow_runs/filter", json={"deployments": {"id": {"any_": [deployment]}}}).json()
        api.delete(f"/deployments/{deployment}").raise_for_status()
        assert [(run["state_type"], run["auto_scheduled"]) for run in runs][:2] == [("SCHEDULED", True)] * 2
