"""The same import and sync as flow runs: a private Prefect server, a warm process worker, the project's deployments."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from benchmarks.place import Place, Servers, make_place, write_feed
from benchmarks.sizes import Measured, say
from demo.deploy import apply_blocks, deploy, example_switched_on, make_pool
from demo.orchestra import ROOT, Orchestra, start_orchestra
from demo.stage import start_run, wait_for


def measure_flow_runs(servers: Servers, products: int, home: Path) -> Measured:
    """Measure first run, no change and 5 % changed as flow runs; every flow run is a process that the worker starts."""
    say(f"{products:,} products as flow runs: making the shop, starting Prefect")
    place = make_place(servers, products, home)
    environment = {**place.environment, "REXBIT_CODE": str(ROOT)}
    with start_orchestra(home / "prefect", environment) as orchestra:
        apply_blocks(orchestra, _unasked(example_switched_on(orchestra)))
        make_pool(orchestra)
        deploy(orchestra)
        worker = orchestra.start_worker()
        try:
            return {"products": products, **_runs(orchestra, place)}
        finally:
            worker.stop()


def _unasked(blocks: Path) -> Path:
    """Let the gate count and never stop: a twentieth of the shop changes at once here."""
    text = blocks.read_text(encoding="utf-8")
    line = "    product_listing_enabled: true"
    gate = "    gate: {stop_off_percent: 100, stop_on_percent: 100}"
    blocks.write_text(text.replace(line, f"{gate}\n{line}"), encoding="utf-8")
    return blocks


def _runs(orchestra: Orchestra, place: Place) -> Measured:
    _one(orchestra, "import-catalog/sklep", shop="sklep")
    measured: Measured = {}
    for name, title in (("first", "first run"), ("unchanged", "no change"), ("changed", "5 % changed")):
        write_feed(place, changed=name == "changed")
        imported = _one(orchestra, "import-feed/acme", feed="acme")
        synced = _one(orchestra, "sync-availability/sklep", shop="sklep")
        measured[name] = {"imported": imported, "synced": synced}
        running = imported["running"] + synced["running"]
        asked = imported["asked"] + synced["asked"]
        say(f"    {title:22} {running:7.2f} s running, {asked:.2f} s from asking to the end")
    return measured


def _one(orchestra: Orchestra, deployment: str, **parameters: Any) -> dict[str, float]:
    """Seconds of one run: `running` as Prefect tells it, `asked` from the request until it is seen to have ended."""
    began = time.monotonic()
    run = wait_for(orchestra, start_run(orchestra, deployment, **parameters))
    asked = time.monotonic() - began
    if run["state_type"] != "COMPLETED":
        raise RuntimeError(f"{deployment}: {run['state']['name']}: {run['state']['message']}")
    return {"running": float(run["total_run_time"]), "asked": asked}
