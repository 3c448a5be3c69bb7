"""The automations of the file fit the flows, the heartbeats that the deployments send, and the events that we emit."""

from __future__ import annotations

import re

import yaml

import flows
from demo.orchestra import ROOT
from tasks.operations import definitions
from tasks.operations.model import FLOWS

WANTED = {one.name: one for one in definitions()}
DEAD = WANTED["rexbit: mark dead runs"]


def test_every_flow_of_ours_is_watched() -> None:
    named = next(spec for spec in DEAD.trigger["match_related"] if spec["prefect.resource.role"] == "flow")
    ours = sorted(getattr(flows, name).name for name in flows.__all__)
    assert (named["prefect.resource.name"], sorted(FLOWS)) == (ours, ours)


def test_a_run_may_lose_three_heartbeats_and_live() -> None:
    deployments = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]
    variables = [one["work_pool"]["job_variables"]["env"] for one in deployments]
    beats = {int(one["PREFECT_FLOWS_HEARTBEAT_FREQUENCY"]) for one in variables}
    assert DEAD.trigger["within"] > 4 * max(beats)


def test_every_event_that_an_automation_waits_for_is_emitted() -> None:
    awaited = {event for one in WANTED.values() for event in one.trigger["expect"] if event.startswith("rexbit.")}
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tasks").rglob("*.py"))
    feed_news = {f"rexbit.feed.{kind}" for kind in ("quarantined", "stale", "healed")}  # made of health.News
    emitted = set(re.findall(r'"(rexbit\.(?:feed|shop)\.\w+)"', source)) | feed_news | {"rexbit.operations.*"}
    assert awaited <= emitted
