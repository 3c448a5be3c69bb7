"""What a feed's past says about it: high-water marks, the band of a usual step, when it is stale."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tasks.feeds.gate.history import Step, approved_ids, band, high_water, percentile, stale_after
from tasks.feeds.gate.verdict import Band

NOW = datetime(2026, 11, 24, 5, tzinfo=UTC)


def step(hours_ago: float, available: int = 100, **more: Any) -> Step:
    return Step(id=f"f6-{hours_ago:g}", fetched_at=NOW - timedelta(hours=hours_ago), available=available, **more)


def hourly(count: int, lost: float = 0.01, **more: Any) -> list[Step]:
    return [step(hours, lost=lost, gained=0.0, **more) for hours in range(1, count + 1)]


def test_the_high_water_mark_has_the_most_available_items() -> None:
    assert high_water([step(1, 80), step(2, 95), step(3, 90)], NOW, 24) == step(2, 95)


def test_what_was_in_force_when_the_window_began_counts_and_nothing_older() -> None:
    past = [step(20, 80), step(30, 90), step(40, 100)]
    assert high_water(past, NOW, 24) == step(30, 90)


def test_an_approved_snapshot_is_the_new_baseline() -> None:
    past = [step(1, 50), step(2, 52, approved=True), step(3, 100)]
    assert high_water(past, NOW, 24) == step(2, 52, approved=True)
    assert approved_ids(past) == ["f6-2"]


def test_without_a_past_there_is_no_mark() -> None:
    assert high_water([], NOW, 24) is None


def test_a_band_is_learned_from_20_steps_on() -> None:
    assert band(hourly(20), NOW) == Band()  # 19 of them have one before
    assert band(hourly(21), NOW) == Band(lost=0.02, gained=0)


def test_the_band_grows_with_the_silence_before_a_step() -> None:
    assert band(hourly(30), NOW + timedelta(hours=3)).lost == pytest.approx(2 * 0.02)


def test_a_step_after_a_long_silence_teaches_less() -> None:
    before = [step(16 + hours, lost=0.01, gained=0) for hours in range(1, 21)]
    assert band([step(1, lost=0.04, gained=0), *before], NOW).lost == pytest.approx(0.02)


def test_approved_steps_teach_nothing() -> None:
    past = [step(0.5, approved=True, lost=0.9, gained=0.9), *hourly(40)]
    assert band(past, NOW) == Band(lost=0.02, gained=0)


def test_a_feed_is_stale_after_three_of_its_longest_usual_intervals_but_not_before_48_hours() -> None:
    daily = [step(24 * days) for days in range(1, 12)]
    assert stale_after(daily) == timedelta(hours=72)
    assert stale_after(hourly(30)) == stale_after([]) == timedelta(hours=48)


@pytest.mark.parametrize(
    ("values", "share", "expected"), [([3, 1, 2], 0.5, 2), ([1], 0.95, 1), (range(1, 101), 0.95, 95)]
)
def test_percentile(values: Any, share: float, expected: float) -> None:
    assert percentile(list(values), share) == expected
