"""The table of what came of the faults, from the reports of all processes that tried them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
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
    return markdown(
        HEAD, [(fault, driver, *map(str, rows[place, fault, driver])) for place, fault, driver in sorted(rows)]
    )


def markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """The lines of a Markdown table."""
    return [f"| {' | '.join(line)} |" for line in (head, ["---"] * len(head), *rows)]


def show(terminal: pytest.TerminalReporter) -> None:
    """Print it, and write it to the file that REXBIT_FAULT_TABLE names."""
    print_table(terminal, "faults", table(reports_of(terminal)), WHERE)


def reports_of(terminal: pytest.TerminalReporter) -> list[pytest.TestReport]:
    """The reports of all tests that ran to an end."""
    return [report for kind in ("passed", "failed") for report in terminal.stats.get(kind, [])]


def print_table(terminal: pytest.TerminalReporter, title: str, lines: Sequence[str], variable: str) -> None:
    """Print a table where it has rows, and write it to the file that an environment variable names."""
    if lines:
        terminal.section(title)
        terminal.write_line("\n".join(lines))
        if os.environ.get(variable):
            Path(os.environ[variable]).write_text("\n".join([*lines, ""]), encoding="utf-8")
