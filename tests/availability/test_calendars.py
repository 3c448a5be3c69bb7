"""Counting days by a calendar, against the slow way: one day after the other."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings

from tasks.availability.calendars import Calendar, public_holidays
from tests.availability.calendar_strategies import DAYS, Week, weeks

quick = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])

ONE = timedelta(days=1)


def calendar(week: Week) -> Calendar:
    return Calendar("someone", "", week.weekdays, week.country, week.closed)


def works(week: Week, day: date) -> bool:
    names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    off = week.country is not None and day in public_holidays(week.country, day.year)
    return names[day.weekday()] in week.weekdays and not off and not week.is_closed(day)


@quick
@given(weeks(), DAYS)
def test_the_first_day(week: Week, day: date) -> None:
    slow = day
    while not works(week, slow):
        slow += ONE
    assert calendar(week).first(day) == slow


@quick
@given(weeks(), DAYS)
def test_so_many_days_after(week: Week, day: date) -> None:
    slow, count = day, 0
    while count < 5:
        slow += ONE
        count += works(week, slow)
    assert calendar(week).after(day, 5) == slow


@quick
@given(weeks(), DAYS, DAYS)
def test_how_many_days_between(week: Week, one: date, other: date) -> None:
    slow = sum(works(week, one + ONE * number) for number in range(1, (other - one).days + 1))
    assert calendar(week).count(one, other) == slow


def test_to_count_no_day_is_to_stay() -> None:
    assert Calendar("someone", "", ["mon"]).after(date(2026, 11, 10), 0) == date(2026, 11, 10)


@pytest.mark.parametrize(
    ("country", "day", "is_one"),
    [
        ("PL", date(2026, 11, 11), True),
        ("PL", date(2026, 12, 24), True),
        ("PL", date(2024, 12, 24), False),
        ("CZ", date(2026, 11, 11), False),
        ("CZ", date(2026, 11, 17), True),
        ("DE", date(2026, 1, 6), False),
        ("DE-BY", date(2026, 1, 6), True),
    ],
)
def test_public_holidays(country: str, day: date, *, is_one: bool) -> None:
    assert (day in public_holidays(country, day.year)) is is_one
