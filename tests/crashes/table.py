"""The table of what came of the faults, from the reports of all processes that tried them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path

import pytest

PROPERTY = "struck"
WHERE = "REXBIT_FAULT_TABLE"
HEAD = ("Fault", "Driver", "Runs struck", "Went on by itself", "Converged", "Rows lost", "Rows wrong")


def table(reports: Iterable[pytest.TestReport]) -> list[str]:
    """The lines of a Markdown table: a row a fault and driver; none where nothing was struck."""
    rows: dict[tuple[int, str, str], list[int]] = {}
    for report in reports:
        for name, value in report.user_properties:
            if name == PROPERTY:
                place, fault, driver, *counts = json.loads(str(value))
                row = rows.setdefault((place, fault, driver), [0] * 5)
                for column, count in enumerate((1, *counts)):
                    row[column] += int(count)
    if not rows:
        return []
    told = [(fault, driver, *map(str, rows[place, fault, driver])) for place, fault, driver in sorted(rows)]
    return [f"| {' | '.join(line)} |" for line in (HEAD, ["---"] * len(HEAD), *told)]


def show(terminal: pytest.TerminalReporter) -> None:
    """Print it, and write it to the file that REXBIT_FAULT_TABLE names."""
    lines = table(report for kind in ("passed", "failed") for report in terminal.stats.get(kind, []))
    if lines:
        terminal.section("faults")
        terminal.write_line("\n".join(lines))
        if os.environ.get(WHERE):
            Path(os.environ[WHERE]).write_text("\n".join([*lines, ""]), encoding="utf-8")
