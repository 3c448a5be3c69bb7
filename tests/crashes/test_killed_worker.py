"""`kill -9` of a worker and its run: the run ends in a true state, its place is free, and the next one goes through."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest
from prefect.client.orchestration import get_client
from prefect.settings import PREFECT_API_URL, temporary_settings

from demo.deploy import apply_blocks, deploy, make_pool
from demo.orchestra import ROOT, start_orchestra
from demo.stage import recorded_summary, start_run, wait_for
from tasks.operations import definitions, ensure_automations
from tests.flows.test_worker import NO_SHOP, HeldFeed, held_feed

__all__ = ["held_feed"]

pytestmark = pytest.mark.slow


def with_children(pid: int) -> list[int]:
    """A process and all that it started, by /proc."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(stat.parent.name)] = int(fields[1])
    found = [pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found


def test_a_killed_worker_and_its_run(tmp_path: Path, held_feed: str, capsys: pytest.CaptureFixture[str]) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "REXBIT_HOME": str(tmp_path / "home"),
        "REXBIT_CODE": str(ROOT),
        "PYTHONPATH": str(ROOT),
        "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
        **NO_SHOP,
        "ACME_SOURCE": held_feed,
    }
    HeldFeed.asked.clear()
    HeldFeed.may_answer.clear()
    with start_orchestra(tmp_path / "prefect", environment) as running:
        apply_blocks(running, ROOT / "blocks.example.yaml")
        make_pool(running)
        deploy(running)
        with temporary_settings({PREFECT_API_URL: f"{running.url}/api"}), get_client(sync_client=True) as client:
            ensure_automations(client, definitions())
        worker = running.start_worker("first")
        dead = start_run(running, "import-feed/acme")
        assert HeldFeed.asked.wait(60), "the run never asked for its feed"
        time.sleep(35)  # it has a heartbeat or two
        killed_at = time.monotonic()
        for pid in with_children(worker.process.pid):
            os.kill(pid, signal.SIGKILL)
        ended = wait_for(running, dead)
        healed = time.monotonic() - killed_at
        assert ended["state_type"] == "CRASHED"
        HeldFeed.may_answer.set()
        second = running.start_worker("second")
        try:
            assert wait_for(running, start_run(running, "import-feed/acme"))["state_type"] == "COMPLETED"
            through = time.monotonic() - killed_at
            watch = start_run(running, "monitor-queues/watchdog")
            assert wait_for(running, watch)["state_type"] == "COMPLETED"
        finally:
            second.stop()
    with capsys.disabled():
        print(f"\nmarked as crashed after {healed:.0f} s, the next run was through after {through:.0f} s")
    seen = recorded_summary(tmp_path / "home", watch)
    assert (seen["faults"], seen["slots_freed"], seen["runs_ended"]) == (0, 0, 0)
