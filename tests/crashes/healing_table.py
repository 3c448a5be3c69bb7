"""The table of how long it took to heal, from the reports of the tests that struck production."""

from __future__ import annotations

import json
from collections.abc import Iterable

import pytest

from tests.crashes.table import markdown, print_table, reports_of

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
    return markdown(HEAD, [(case, seen, f"{ended:.0f} s", f"{well:.0f} s") for _, case, seen, ended, well in rows])


def show(terminal: pytest.TerminalReporter) -> None:
    """Print it, and write it to the file that REXBIT_HEALING_TABLE names."""
    print_table(terminal, "time to heal", table(reports_of(terminal)), WHERE)
