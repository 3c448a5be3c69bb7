"""One step of the demo: a deployment run through the work pool, its time and its summary."""

from __future__ import annotations

import json
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from demo.orchestra import Orchestra

FINAL = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")
LONGEST_SECONDS = 300
BUSY_PAUSES = (0.5, 1, 2, 4)


@dataclass(frozen=True)
class Stage:
    """What one run did: seconds from its start in the worker's process to its end, and the flow's summary."""

    name: str
    run: int
    seconds: float
    summary: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        return {"name": self.name, "run": self.run, "seconds": self.seconds, "summary": self.summary}


def start_run(orchestra: Orchestra, deployment: str, **parameters: Any) -> str:
    """Ask for a run of a deployment ("import-feed/acme") and return the run's id."""
    with httpx.Client(base_url=f"{orchestra.url}/api", timeout=30) as api:
        found = api.get(f"/deployments/name/{deployment}").raise_for_status().json()
        body = {"parameters": parameters, "state": {"type": "SCHEDULED"}}
        place = f"/deployments/{found['id']}/create_flow_run"
        for pause in BUSY_PAUSES:
            made = api.post(place, json=body)
            if made.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                break
            time.sleep(pause)  # its SQLite file was locked for a moment: an embedded server serves one writer
        return str(made.raise_for_status().json()["id"])


def wait_for(orchestra: Orchestra, run_id: str) -> dict[str, Any]:
    """Wait until a run ended and return it as the server tells it."""
    deadline = time.monotonic() + LONGEST_SECONDS
    with httpx.Client(base_url=f"{orchestra.url}/api", timeout=30) as api:
        while time.monotonic() < deadline:
            run: dict[str, Any] = api.get(f"/flow_runs/{run_id}").raise_for_status().json()
            if run["state_type"] in FINAL:
                return run
            time.sleep(0.2)
    raise RuntimeError(f"the run {run_id} did not end within {LONGEST_SECONDS} s; it is {run['state_type']}")


def run_stage(orchestra: Orchestra, number: int, name: str, deployment: str, **parameters: Any) -> Stage:
    """Run a deployment and wait for it; RuntimeError with the run's message unless it completed."""
    run_id = start_run(orchestra, deployment, **parameters)
    run = wait_for(orchestra, run_id)
    if run["state_type"] != "COMPLETED":
        raise RuntimeError(f"{name}: {run['state']['name']}: {run['state']['message']}")
    summary = recorded_summary(Path(orchestra.environment["REXBIT_HOME"]), run_id)
    seconds = round(float(run["total_run_time"]), 2)
    print(f"    {name:22} {seconds:6.1f} s   {_in_words(summary)}", flush=True)
    return Stage(name, number, seconds, summary)


def recorded_summary(home: Path, run_id: str) -> dict[str, Any]:
    """The summary that a run left in the embedded state database."""
    with sqlite3.connect(f"file:{home / 'rexbit.db'}?mode=ro", uri=True) as connection:
        row = connection.execute("SELECT summary FROM runs WHERE id = ?", (run_id,)).fetchone()
    if row is None:
        raise RuntimeError(f"the run {run_id} left no summary in the state database of {home}")
    return dict(json.loads(row[0]))


def _in_words(summary: dict[str, Any]) -> str:
    shown = {name: value for name, value in summary.items() if isinstance(value, int) and value and name != "dry_run"}
    return f"{summary['status']}: " + ", ".join(f"{name} {value}" for name, value in list(shown.items())[:7])
