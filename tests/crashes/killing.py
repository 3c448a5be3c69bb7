"""Processes found and killed as a power cut, the kernel or a container engine would: without a word."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")


def with_children(pid: int) -> list[int]:
    """A process and all that it started."""
    parents = {}
    for stat in PROC.glob("[0-9]*/stat"):
        with suppress(OSError):  # it ended meanwhile
            fields = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            parents[int(stat.parent.name)] = int(fields[1])
    found = [pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found


def of_run(run_id: str) -> list[int]:
    """The processes that a flow run works in."""
    mark = f"PREFECT__FLOW_RUN_ID={run_id}".encode()
    found = []
    for environment in PROC.glob("[0-9]*/environ"):
        with suppress(OSError):
            if mark in environment.read_bytes().split(b"\0"):
                found.append(int(environment.parent.name))
    return found


def kill(pids: Iterable[int]) -> None:
    """`kill -9`."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
