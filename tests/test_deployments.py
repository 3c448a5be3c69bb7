"""`prefect.yaml`: what runs when, with parameters that the flows take, and on a real server and worker."""

from __future__ import annotations

import importlib
import inspect
from typing import Any

import pytest
import yaml

from demo.orchestra import ROOT

CONTENT = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))
DEPLOYMENTS = {f"{d['entrypoint'].rpartition(':')[2]}/{d['name']}": d for d in CONTENT["deployments"]}
CRONS = {
    "import_feed/acme": ["5 * * * *"],
    "sync_availability/sklep": ["20,50 * * * *"],
    "sync_availability/sklep-audit": ["10 4 * * 0"],
    "import_catalog/sklep": ["35 3 * * *"],
    "link_products/by-hand": [],
    "check_integration/by-hand": [],
    "inspect_feed/by-hand": [],
    "explain_product/by-hand": [],
    "pin_product/by-hand": [],
    "release_products/by-hand": [],
    "undo_sync/by-hand": [],
    "show_history/by-hand": [],
    "monitor_queues/watchdog": ["*/5 * * * *"],
    "prune_runs/nightly": ["0 2 * * *"],
    "retry_failed_runs/by-hand": [],
}


def test_what_runs_when() -> None:
    found = {name: [s["cron"] for s in d.get("schedules", [])] for name, d in DEPLOYMENTS.items()}
    assert found == CRONS


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_parameters_fit_the_flow(name: str) -> None:
    deployment: dict[str, Any] = DEPLOYMENTS[name]
    path, _, function = deployment["entrypoint"].rpartition(":")
    flow = getattr(importlib.import_module(path.removesuffix(".py").replace("/", ".")), function)
    signature = inspect.signature(flow.fn)
    # what a person starts may ask for more in its form
    (signature.bind if CRONS[name] else signature.bind_partial)(**deployment["parameters"])


@pytest.mark.parametrize("name", [name for name, crons in CRONS.items() if crons])
def test_scheduled_runs_keep_out_of_each_others_way(name: str) -> None:
    assert DEPLOYMENTS[name]["concurrency_limit"] == {"limit": 1, "collision_strategy": "CANCEL_NEW"}
    assert {schedule["timezone"] for schedule in DEPLOYMENTS[name]["schedules"]} == {"Europe/Warsaw"}


def test_one_pool_and_its_queues() -> None:
    pools = {(d["work_pool"]["name"], d["work_pool"]["work_queue_name"]) for d in DEPLOYMENTS.values()}
    assert pools == {("rexbit", queue) for queue in ("import", "integrations", "default", "watch")}


def test_no_deployment_holds_a_secret() -> None:
    """What `prefect deploy` sends stands in the UI for everybody; a database's address holds its password."""
    for deployment in DEPLOYMENTS.values():
        given = deployment["work_pool"]["job_variables"]["env"]
        ours = {"REXBIT_HOME", "PREFECT_FLOWS_HEARTBEAT_FREQUENCY"}
        assert set(given) == {*ours, "PREFECT_CLIENT_MAX_RETRIES", "PREFECT_CLIENT_RETRY_EXTRA_CODES"}
