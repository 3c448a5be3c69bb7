"""Prefect's API, as far as a soak asks it: deployments, runs booked for a time, how they ended, what is held."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx

from benchmarks.soak.machines import AUTH
from demo.orchestra import Orchestra

OVER = frozenset({"COMPLETED", "FAILED", "CRASHED", "CANCELLED"})
PAGE = 200


@dataclass(frozen=True)
class Seen:
    """A run as Prefect tells it."""

    id: str
    state: str
    message: str
    due: datetime
    began: datetime | None
    ended: datetime | None
    pid: int | None

    @property
    def is_over(self) -> bool:
        """Whether it has ended, in whatever way."""
        return self.state in OVER


class Server:
    """The API of a server, with its password."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http

    def deployment(self, name: str) -> str:
        """The id of `flow/name`."""
        return str(self._http.get(f"/deployments/name/{name}").raise_for_status().json()["id"])

    def book(self, deployment_id: str, due: datetime) -> str:
        """Schedule a run, as a schedule would; returns its id."""
        state = {"type": "SCHEDULED", "state_details": {"scheduled_time": due.isoformat()}}
        place = f"/deployments/{deployment_id}/create_flow_run"
        return str(self._http.post(place, json={"state": state}).raise_for_status().json()["id"])

    def runs(self, ids: Sequence[str]) -> dict[str, Seen]:
        """Runs by id."""
        found: dict[str, Seen] = {}
        for start in range(0, len(ids), PAGE):
            wanted = {"flow_runs": {"id": {"any_": list(ids[start : start + PAGE])}}, "limit": PAGE}
            for run in self._http.post("/flow_runs/filter", json=wanted).raise_for_status().json():
                found[run["id"]] = _seen(run)
        return found

    def has_runs(self, name: str) -> bool:
        """Whether a deployment ever had a run, be it one to come."""
        wanted = {"deployments": {"id": {"any_": [self.deployment(name)]}}}
        return bool(self._http.post("/flow_runs/count", json=wanted).raise_for_status().json())

    def at_work(self) -> list[str]:
        """Names of all runs that are taken, at work, or should have begun."""
        taken = {"state": {"type": {"any_": ["PENDING", "RUNNING", "CANCELLING"]}}}
        late = {
            "state": {"type": {"any_": ["SCHEDULED"]}},
            "next_scheduled_start_time": {"before_": datetime.now(UTC).isoformat()},
        }
        return [
            f"{run['name']} ({run['state_type']})"
            for wanted in (taken, late)
            for run in self._http.post("/flow_runs/filter", json={"flow_runs": wanted}).raise_for_status().json()
        ]

    def places_held(self) -> list[str]:
        """Deployments whose place is taken."""
        found = self._http.post("/deployments/filter", json={"limit": PAGE}).raise_for_status().json()
        limits = {one["name"]: one.get("global_concurrency_limit") or {} for one in found}
        return [name for name, limit in limits.items() if limit.get("active_slots")]

    def queues_not_asked(self) -> list[str]:
        """Queues that no worker asks, or that are paused."""
        found = self._http.post("/work_pools/rexbit/queues/filter", json={}).raise_for_status().json()
        return [queue["name"] for queue in found if queue["status"] != "READY"]


def _seen(run: dict[str, Any]) -> Seen:
    _, _, pid = (run["infrastructure_pid"] or "").rpartition(":")
    state = run["state"] or {}
    due = _time(run["expected_start_time"]) or _time(run["created"])
    return Seen(
        id=run["id"],
        state=run["state_type"],
        message=state.get("message") or "",
        due=due or datetime.now(UTC),
        began=_time(run["start_time"]),
        ended=_time(run["end_time"]) or (_time(state.get("timestamp")) if run["state_type"] in OVER else None),
        pid=int(pid) if pid.isdecimal() else None,
    )


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


@contextmanager
def asking(orchestra: Orchestra) -> Iterator[Server]:
    """The server's API."""
    user, _, password = AUTH.partition(":")
    with httpx.Client(base_url=f"{orchestra.url}/api", auth=(user, password), timeout=60) as http:
        yield Server(http)
