"""How a run calls what it works on: telling, and without what may be a secret."""

from __future__ import annotations

import pytest

from tasks.report import markdown, source_name
from tasks.summaries import ImportSummary, Status


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("acme", "acme"),
        ("supplier-feed/acme", "acme"),
        ("/srv/feeds/acme.csv", "acme.csv"),
        ("https://supplier.example/feeds/acme.csv?token=s3cret", "acme.csv"),
        ("https://supplier.example/export/8f3a9c77d2e14b0c", "supplier.example"),
        ("https://supplier.example/8f3a9c77d2e14b0c8f3a9c77d2e14b0c.xml", "supplier.example"),
        ("ftp://user:s3cret@supplier.example", "supplier.example"),
    ],
)
def test_the_name_of_a_source(source: str, name: str) -> None:
    assert source_name(source) == name


@pytest.mark.parametrize(("status", "shown"), [("quarantined", False), ("completed", True)])
def test_what_a_run_never_came_to_is_not_shown_as_nothing(status: Status, shown: bool) -> None:
    text = markdown("acme", ImportSummary(status=status, rows_read=3), [])
    assert ("rows read" in text, "matched" in text) == (True, shown)
