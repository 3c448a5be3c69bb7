"""On which days somebody sends: weekdays, public holidays, closed weeks. Counted in days, never in hours."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache

import holidays

from blocks.delivery import EVERY_DAY, Closed, Weekday
from tasks.errors import Refused

YEARS_AHEAD = 2  # who sends on no day so long is not closed but set up wrongly


@cache
def public_holidays(country: str, year: int) -> frozenset[date]:
    """The public holidays of `PL`, or of a part of a country (`DE-BY`), in a year."""
    name, _, part = country.partition("-")
    return frozenset(holidays.country_holidays(name, subdiv=part or None, years=year))


class Calendar:
    """The days on which one side sends. `whose` and `fix` stand in the message where there is no such day."""

    def __init__(
        self,
        whose: str,
        fix: str,
        weekdays: Sequence[Weekday] = EVERY_DAY,
        country: str | None = None,
        closed: Sequence[Closed] = (),
    ) -> None:
        self._whose, self._fix = whose, fix
        self._weekdays = {EVERY_DAY.index(day) for day in weekdays}
        self._country = country
        self._closed = [(one.closed_from, one.closed_to) for one in closed]
        self._is_always = len(self._weekdays) == len(EVERY_DAY) and not country and not closed
        self._years: dict[int, list[date]] = {}

    def first(self, day: date) -> date:
        """Find the first day on which it sends: that one, or a later one."""
        return day if self._is_always else self._from(day, bisect_left(self._year(day.year), day))

    def after(self, day: date, count: int) -> date:
        """Find the `count`-th day on which it sends after that one; with 0 it is that very day."""
        if not count:
            return day
        return self._from(day, bisect_right(self._year(day.year), day) + count - 1)

    def count(self, after: date, until: date) -> int:
        """How many days it sends on after the one and until the other, that one included."""
        if until <= after:
            return 0
        whole = sum(len(self._year(year)) for year in range(after.year, until.year))
        return whole + bisect_right(self._year(until.year), until) - bisect_right(self._year(after.year), after)

    def _from(self, day: date, place: int) -> date:
        """Go to a place in the list of days of `day`'s year and of the years after it."""
        year, empty = day.year, 0
        while place >= len(days := self._year(year)):
            place -= len(days)
            empty = empty + 1 if not days else 0
            year += 1
            if empty > YEARS_AHEAD or year > date.max.year:
                raise Refused(
                    f"Expected a day on which {self._whose} sends within {YEARS_AHEAD} years of {day}, found none."
                    f" {self._fix}"
                )
        return days[place]

    def _year(self, year: int) -> list[date]:
        if year not in self._years:
            first, length = date(year, 1, 1), (date(year, 12, 31) - date(year, 1, 1)).days + 1
            off = public_holidays(self._country, year) if self._country else frozenset()
            every = (first + timedelta(days=number) for number in range(length))
            self._years[year] = [
                day for day in every if day.weekday() in self._weekdays and day not in off and not self._is_closed(day)
            ]
        return self._years[year]

    def _is_closed(self, day: date) -> bool:
        return any(first <= day <= last for first, last in self._closed)
