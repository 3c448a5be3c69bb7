"""A run's folder goes with the run, also where that was killed."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from tasks.folders import RUN, make_folder, run_folder


@pytest.fixture
def temp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def old_folder(*, killed: bool) -> Path:
    folder, lock = make_folder(RUN)
    (folder / "offers.parquet").write_bytes(b"x")
    os.utime(folder, (0, 0))
    if killed:
        os.close(lock)
    return folder


def test_it_is_gone_when_the_run_ends(temp: Path) -> None:
    with run_folder() as folder:
        (folder / "offers.parquet").write_bytes(b"x")
    assert list(temp.iterdir()) == []


@pytest.mark.parametrize(("killed", "left"), [(True, False), (False, True)])
def test_the_next_run_removes_what_a_killed_one_left(temp: Path, killed: bool, left: bool) -> None:
    before = old_folder(killed=killed)
    with run_folder():
        assert before.exists() == left
