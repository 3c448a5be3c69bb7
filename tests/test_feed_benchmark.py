"""The feeds' benchmark does not rot: small files are made, read by our child, and shown as a table."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks.feeds.measuring import cases, feeds_table, measure_feeds


@pytest.fixture
def ours_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other libraries are in an environment of their own, which only `make bench` makes."""
    made = cases(4_000, 1_000_000)
    alone = [case._replace(beside=()) for case in (made[1], made[3], made[5])]
    monkeypatch.setattr("benchmarks.feeds.measuring.cases", lambda *_: alone)


@pytest.mark.slow
def test_every_file_is_read_and_shown(ours_alone: None, tmp_path: Path) -> None:
    measured = measure_feeds(tmp_path / "feeds", Path(sys.executable))
    assert [one["case"] for one in measured] == ["CSV, cp1250", "XML, flat", "XML, nested"]
    assert measured[0]["ours"]["rows"] == 4_000
    for one in measured:
        assert 0.99 * one["ours"]["rows"] < one["ours"]["offers"] < one["ours"]["rows"]  # some are repeated on purpose
    table = feeds_table(measured).splitlines()
    assert len(table) == 2 + len(measured)
    assert table[2].startswith("| CSV, cp1250 | 1 MB | 4,000 | ")
