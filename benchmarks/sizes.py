"""One size, measured: catalogue, first run, the same rows one by one, no change, 5 % changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.child import run_child
from benchmarks.place import (
    OURS,
    ROW_BY_ROW,
    Place,
    Servers,
    check_equal,
    copy_state,
    make_place,
    shop_environment,
    write_feed,
)

Measured = dict[str, Any]
REPEATED = 3
LARGEST_REPEATED = 20_000  # products


def say(text: str) -> None:
    """One line of what is going on."""
    print(f"==> {text}", flush=True)


def measure_size(servers: Servers, products: int, home: Path) -> Measured:
    """Measure one size three times (a large one once), and return the time whose ratio is in the middle."""
    times = REPEATED if products <= LARGEST_REPEATED else 1
    measured = sorted((_measure(servers, products, home / str(turn)) for turn in range(times)), key=_ratio)
    return measured[times // 2]


def _ratio(measured: Measured) -> float:
    return float(measured["row_by_row"]["seconds"] / measured["first"]["seconds"])


def _measure(servers: Servers, products: int, home: Path) -> Measured:
    """Measure one size once without Prefect; everything in its own process."""
    say(f"{products:,} products: making two equal shops")
    place = make_place(servers, products, home)
    results: Measured = {"products": products, "catalogue": ours(place, "catalogue")}
    copy_state(place)
    results["first"] = ours(place, "first run")
    results["row_by_row"] = row_by_row(place, results["first"]["synced"]["change_set_id"])
    check_equal(place)
    results["unchanged"] = ours(place, "no change")
    write_feed(place, changed=True)
    results["changed"] = ours(place, "5 % changed")
    return results


def ours(place: Place, name: str) -> Measured:
    """Our flows' bodies, once."""
    what = "catalogue" if name == "catalogue" else "run"
    told = run_child("benchmarks.without_prefect", what, environment=place.environment)
    for flow in ("imported", "synced"):
        if flow in told and told[flow]["status"] not in {"completed", "unchanged"}:
            raise RuntimeError(f"{name}: expected a completed run, got {told[flow]}")
    say(f"    {name:22} {told['seconds']:7.2f} s  {told['megabytes']:5.0f} MB   {_longest(told['steps'])}")
    return told


def _longest(steps: dict[str, float]) -> str:
    longest = sorted(steps.items(), key=lambda step: -step[1])[:4]
    return ", ".join(f"{name} {seconds:.2f}" for name, seconds in longest)


def row_by_row(place: Place, change_set_id: str) -> Measured:
    """The same job in the reference's way, on the second shop and a copy of the state database."""
    changes = place.home / "archive" / "changes" / "7" / change_set_id / "changes.parquet"
    environment = {
        **shop_environment(place.servers.mariadb, ROW_BY_ROW),
        "BENCH_STATE": _plain(place, OURS),
        "BENCH_COPY": _plain(place, ROW_BY_ROW),
    }
    told = run_child("benchmarks.row_by_row", str(changes), environment=environment)
    say(f"    {'row by row':22} {told['seconds']:7.2f} s  {told['megabytes']:5.0f} MB   {_longest(told['by_kind'])}")
    return told


def _plain(place: Place, database: str) -> str:
    return place.servers.postgres.url(database).replace("+psycopg", "")
