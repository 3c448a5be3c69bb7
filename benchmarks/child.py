"""One measured thing in a process of its own, so that its peak memory is its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from demo.orchestra import ROOT


def run_child(module: str, *arguments: str, environment: Mapping[str, str]) -> dict[str, Any]:
    """Run `python -m module` and return the JSON it ends with; `process` is its whole life in seconds."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "REXBIT_"))}
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env={**kept, **environment, "PREFECT_HOME": environment.get("REXBIT_HOME", "")},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{module} {' '.join(arguments)} ended with code {done.returncode}:\n{done.stdout}")
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return {**told, "process": time.monotonic() - began}


def peak_megabytes() -> float:
    """This process's peak resident memory in MB (10^6 bytes).

    `ru_maxrss` would not do: Linux carries it over from the process that started us.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024 / 1e6


def tell(**measured: object) -> None:
    """End a child: its figures, its peak memory and the machine's load of the last minute, as one line of JSON."""
    print(json.dumps({**measured, "megabytes": peak_megabytes(), "load": os.getloadavg()[0]}))
