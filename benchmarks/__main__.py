"""`python -m benchmarks [--products 1000,12465,100000] [--without-prefect | --through-prefect | --feeds]`."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from pathlib import Path

from benchmarks.feeds.measuring import feeds_table, measure_feeds
from benchmarks.place import Servers
from benchmarks.sizes import Measured, measure_size, say
from benchmarks.table import flow_runs_table, row_by_row_table, sizes_table, steps_table
from benchmarks.through_prefect import measure_flow_runs
from demo.orchestra import ROOT
from demo.servers import start_mariadb, start_postgresql

HOME = ROOT / ".rexbit" / "bench"
RESULTS = ROOT / ".rexbit" / "bench.json"
OTHERS_PYTHON = ROOT / ".rexbit" / "bench-venv" / "bin" / "python"
FLOW_RUN_PRODUCTS = 12_465


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Seconds of import and sync.")
    parser.add_argument(
        "--products",
        type=lambda text: [int(part) for part in text.split(",")],
        default=[1_000, FLOW_RUN_PRODUCTS, 100_000],
        help="sizes of the shop, separated by commas",
    )
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--without-prefect", action="store_true", help="leave the flow runs out")
    only.add_argument("--through-prefect", action="store_true", help="only the flow runs")
    only.add_argument("--feeds", action="store_true", help="only the reading of large files")
    return parser.parse_args()


def measure(asked: argparse.Namespace, folder: Path) -> Measured:
    """Start the servers and measure what was asked for."""
    say("Starting MariaDB and PostgreSQL (private, durable)")
    with start_mariadb(HOME / "mariadb") as mariadb, start_postgresql(HOME / "postgresql") as postgres:
        servers = Servers(mariadb, postgres)
        results: Measured = {"processors": os.cpu_count(), "sizes": []}
        if not asked.through_prefect:
            results["sizes"] = [measure_size(servers, size, folder / str(size)) for size in asked.products]
        if not asked.without_prefect:
            results["flow_runs"] = measure_flow_runs(servers, FLOW_RUN_PRODUCTS, folder / "flow-runs")
        return results


def _feeds(folder: Path) -> Measured:
    if not OTHERS_PYTHON.exists():
        raise SystemExit(f"expected {OTHERS_PYTHON.relative_to(ROOT)}; run `.ci/setup --bench` once, or `make bench`")
    return {"feeds": measure_feeds(folder / "feeds", OTHERS_PYTHON)}


def main() -> int:
    """Measure, keep the figures in .rexbit/bench.json and print them as Markdown."""
    asked = _arguments()
    folder = HOME / "runs"
    shutil.rmtree(folder, ignore_errors=True)
    results = {"sizes": []} if asked.feeds else measure(asked, folder)
    if asked.feeds or not (asked.without_prefect or asked.through_prefect):
        results |= _feeds(folder)
    RESULTS.write_text(json.dumps(results, indent=2, default=str), encoding="utf-8")
    tables = []
    if results["sizes"]:
        tables += [table(results["sizes"]) for table in (sizes_table, row_by_row_table, steps_table)]
    if "flow_runs" in results:
        tables.append(flow_runs_table(results["flow_runs"]))
    if "feeds" in results:
        tables.append(feeds_table(results["feeds"]))
    print("\n" + "\n\n".join(tables))
    print(f"\n{os.cpu_count()} processors, load at the end {os.getloadavg()[0]:.1f}.")
    print(f"All figures are in {RESULTS.relative_to(ROOT)} .")
    return 0


if __name__ == "__main__":
    sys.exit(main())
