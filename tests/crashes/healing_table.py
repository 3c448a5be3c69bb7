"""The table of how long it took to heal, from the reports of the tests that struck production."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path

import pytest

PROPERTY = "healed"
WHERE = "REXBIT_HEALING_TABLE"
HEAD = ("What dies", "The run that was at work", "Its state is true after", "All is well after")


def table(reports: Iterable[pytest.TestReport]) -> list[str]:
    """The lines of a Markdown table: a row a case; none where nothing was struck."""
    rows = sorted(
        json.loads(str(value)) for report in reports for name, value in report.user_properties if name == PROPERTY
    )
    if not rows:
        return []
    told = [(case, seen, f"{ended:.0f} s", f"{well:.0f} s") for _, case, seen, ended, well in rows]
    return [f"| {' | '.join(line)} |" for line in (HEAD, ["---"] * len(HEAD), *told)]


def show(terminal: pytest.TerminalReporter) -> None:
    """Print it, and write it to the file that REXBIT_HEALING_TABLE names."""
    lines = table(report for kind in ("passed", "failed") for report in terminal.stats.get(kind, []))
    if lines:
        terminal.section("time to heal")
        terminal.write_line("\n".join(lines))
        if os.environ.get(WHERE):
            Path(os.environ[WHERE]).write_text("\n".join([*lines, ""]), encoding="utf-8")
