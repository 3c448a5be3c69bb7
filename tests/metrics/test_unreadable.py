"""A scrape is answered whatever the state database does, and nothing is made or changed by it."""

from __future__ import annotations

import logging
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings

from demo.orchestra import ROOT
from tasks.metrics import Exporter
from tasks.metrics.reading import REASONS
from tasks.state import open_state
from tests.metrics.conftest import Sample

Scrape = Callable[..., Sample]
SECRET = "s3cr3t"


def reason(sample: Sample) -> tuple[float | None, list[str]]:
    return sample("rexbit_up"), [one for one in REASONS if sample("rexbit_unreadable", reason=one)]


def test_a_database_that_is_down(
    scraped: Scrape, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("REXBIT_DATABASE_URL", f"postgresql://u:{SECRET}@127.0.0.1:1/r")
    assert reason(scraped()) == (0, ["unreachable"])
    assert ("127.0.0.1:1" in caplog.text, SECRET in caplog.text) == (True, False)


def test_an_address_that_is_none(scraped: Scrape, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REXBIT_DATABASE_URL", SECRET)
    assert reason(scraped()) == (0, ["wrong_settings"])


def test_no_database_yet_makes_none(scraped: Scrape, rexbit_home: Path) -> None:
    with temporary_settings(restore_defaults={PREFECT_API_URL}):
        assert reason(scraped()) == (0, ["no_tables"])
    assert not rexbit_home.exists()


def test_no_tables_yet_makes_none(scraped: Scrape, state_url: str) -> None:
    assert reason(scraped()) == (0, ["no_tables"])
    assert reason(scraped()) == (0, ["no_tables"])


def test_tables_of_another_version(scraped: Scrape, rexbit_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REXBIT_DATABASE_URL", f"sqlite:///{rexbit_home}/r.db")
    open_state().close()
    with sqlite3.connect(rexbit_home / "r.db") as connection:
        connection.execute("DROP TABLE alerts")
        connection.execute("UPDATE rexbit_flows_version SET version_num = '0008'")
    assert reason(scraped()) == (0, ["other_version"])
    with sqlite3.connect(rexbit_home / "r.db") as connection:  # and it stayed so
        assert connection.execute("SELECT version_num FROM rexbit_flows_version").fetchone() == ("0008",)


def test_a_database_that_says_nothing(scraped: Scrape, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"postgresql://u:{SECRET}@127.0.0.1:{mute.getsockname()[1]}/r?connect_timeout=2"
        monkeypatch.setenv("REXBIT_DATABASE_URL", url)
        assert reason(scraped(seconds=0.1)) == (0, ["slow"])


def test_it_is_told_once_that_it_is_down_and_once_that_it_is_over(
    state_url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    exporter = Exporter()
    caplog.set_level(logging.WARNING, "rexbit.metrics")
    for _ in range(2):
        list(exporter.collect())
    open_state().close()
    for _ in range(2):
        list(exporter.collect())
    told = [one.message for one in caplog.records if one.name == "rexbit.metrics"]
    assert ["got none" in told[0], "again" in told[1]] == [True, True]
    assert len(told) == 2


@pytest.mark.slow
def test_it_does_not_pay_for_prefect() -> None:
    """150 MB and seconds, for a program that asks one database."""
    code = "import sys, tasks.metrics.serving; sys.exit('prefect' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
