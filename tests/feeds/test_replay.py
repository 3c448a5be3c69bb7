"""A year of good and bad files: no bad one drives a link, few good ones are held back."""

from __future__ import annotations

from pathlib import Path

import pytest

from tasks.state import open_state
from tests.feeds.replay import (
    CALM_DROPS,
    CALM_ZEROS,
    LIVELY_DROPS,
    LIVELY_ZEROS,
    WEEKS,
    YEAR,
    Kind,
    Plan,
    Replay,
    Told,
    days,
)


def replay(kind: Kind, plan: Plan, folder: Path) -> Told:
    folder.mkdir()
    with open_state() as state:
        return Replay(state, kind, folder).run(days(kind, plan, seed=3))


def check(told: Told) -> None:
    print(told.line(), *told.false, sep="\n  ")
    assert not told.driven
    assert set(told.passed_bad) <= {"small_hole"}
    assert len(told.false) < 0.02 * told.good
    assert set(told.approvals.values()) == {1}


@pytest.mark.slow
def test_a_few_weeks(rexbit_home: Path, tmp_path: Path) -> None:
    check(replay(LIVELY_DROPS, WEEKS, tmp_path / "work"))


@pytest.mark.slow
@pytest.mark.parametrize("kind", [CALM_ZEROS, CALM_DROPS, LIVELY_ZEROS, LIVELY_DROPS], ids=lambda kind: kind.name)
def test_a_year_of_500_snapshots(kind: Kind, rexbit_home: Path, tmp_path: Path) -> None:
    check(replay(kind, YEAR, tmp_path / "work"))
