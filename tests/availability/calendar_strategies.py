"""Calendars and settings for property tests, of every kind that a block takes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from blocks.delivery import EVERY_DAY, Closed, ShopDelivery, SupplierDelivery, Weekday

ZONES = st.sampled_from(["Europe/Warsaw", "Europe/London", "Asia/Shanghai", "America/New_York", "Pacific/Apia"])
DAYS = st.dates(date(2026, 10, 1), date(2027, 5, 31))
COUNTRIES = st.sampled_from([None, "PL", "CZ", "DE-BY"])
WEEKDAYS = st.lists(st.sampled_from(EVERY_DAY), min_size=1, unique=True)
NOWS = st.datetimes(datetime(2026, 10, 1), datetime(2027, 4, 30), timezones=st.just(ZoneInfo("Europe/Warsaw")))  # noqa: DTZ001


class Week(NamedTuple):
    """What makes a calendar."""

    weekdays: Sequence[Weekday]
    country: str | None
    closed: Sequence[Closed]

    def is_closed(self, day: date) -> bool:
        return any(one.closed_from <= day <= one.closed_to for one in self.closed)


@st.composite
def closings(draw: st.DrawFn) -> list[Closed]:
    """Up to three closed times of up to three weeks."""
    starts = draw(st.lists(DAYS, max_size=3))
    lengths = [timedelta(days=draw(st.integers(0, 20))) for _ in starts]
    return [Closed(closed_from=day, closed_to=day + length) for day, length in zip(starts, lengths, strict=True)]


def weeks() -> st.SearchStrategy[Week]:
    return st.builds(Week, WEEKDAYS, COUNTRIES, closings())


def deliveries(**fixed: Any) -> st.SearchStrategy[SupplierDelivery]:
    """A supplier's settings; `fixed` ones are as given."""
    free: dict[str, Any] = {
        "days_are": st.sampled_from(["calendar", "working"]),
        "route": st.sampled_from(["dropship", "via_us"]),
        "handling_days": st.integers(0, 5),
        "cut_off": st.sampled_from([None, "00:00", "14:00", "23:59"]),
        "working_days": WEEKDAYS,
        "holidays": COUNTRIES,
        "closed": closings(),
    }
    return st.builds(SupplierDelivery, **{**free, **{name: st.just(value) for name, value in fixed.items()}})


def shops(**fixed: Any) -> st.SearchStrategy[ShopDelivery]:
    """A shop's settings, likewise."""
    free: dict[str, Any] = {
        "extra_days": st.integers(0, 5),
        "count": st.sampled_from(["calendar", "working"]),
        "working_days": WEEKDAYS,
        "holidays": COUNTRIES,
        "closed": closings(),
    }
    return st.builds(ShopDelivery, **{**free, **{name: st.just(value) for name, value in fixed.items()}})
