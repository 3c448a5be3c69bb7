"""A run's summary in a terminal: the newest of a name, as it reads without Markdown's escapes."""

from __future__ import annotations

import pytest
from prefect.artifacts import create_markdown_artifact

from tasks.latest import main


def test_the_newest_is_shown(prefect_api: None, capsys: pytest.CaptureFixture[str]) -> None:
    for count in (1, 2):
        create_markdown_artifact(
            f"# acme \\| rows\\_read {count}", key="latest-shown", description=f"completed; {count}"
        )
    assert (main(["latest-shown"]), capsys.readouterr().out) == (0, "completed; 2\n\n# acme | rows_read 2\n")


def test_one_that_is_not_there(prefect_api: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert (main(["latest-missing"]), "`latest-missing`" in capsys.readouterr().err) == (1, True)
