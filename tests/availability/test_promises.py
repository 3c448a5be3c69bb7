"""When something ordered now leaves: a table of cases over real holidays, and what holds for all settings."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from blocks.delivery import ShopDelivery, SupplierDelivery
from tasks.availability.promises import Asked, Supplier, promises
from tasks.errors import Refused

WARSAW = ZoneInfo("Europe/Warsaw")
TUESDAY = "2026-11-10"  # Wednesday 11 November is a public holiday


def leaves(
    now: str,
    days: int | None,
    available_from: str | None = None,
    *,
    shop: dict[str, Any] | None = None,
    zone: str = "Europe/Warsaw",
    **delivery: Any,
) -> str | None:
    """When it leaves, as text; `now` is the shop's, `10:00` where it names no hour."""
    at = datetime.fromisoformat(now if "T" in now else f"{now}T10:00").replace(tzinfo=WARSAW)
    asked = Asked(6, days, date.fromisoformat(available_from) if available_from else None)
    suppliers = {6: Supplier(SupplierDelivery(**delivery), ZoneInfo(zone))}
    (promise,) = promises([asked], suppliers, ShopDelivery(**(shop or {})), WARSAW, at)
    return promise.ship_on.isoformat() if promise.ship_on else None


def closed(first: str, last: str) -> dict[str, Any]:
    return {"closed": [{"closed_from": first, "closed_to": last}]}


WORKING: dict[str, Any] = {"days_are": "working", "cut_off": "14:00"}


@pytest.mark.parametrize(
    ("days", "available_from", "ship_on"),
    [
        (None, None, None),
        (0, None, "2026-11-10"),
        (3, None, "2026-11-13"),
        (-2, None, "2026-11-10"),
        (None, "2026-11-15", "2026-11-15"),
        (None, "2026-11-01", "2026-11-10"),
        (2, "2026-11-15", "2026-11-15"),
        (7, "2026-11-15", "2026-11-17"),
    ],
)
def test_without_settings_it_is_plain_addition(days: int | None, available_from: str | None, ship_on: str) -> None:
    assert leaves(TUESDAY, days, available_from) == ship_on


@pytest.mark.parametrize(
    ("now", "days", "ship_on"),
    [
        # the holiday of Wednesday 11 November 2026
        ("2026-11-10T13:59", 0, "2026-11-10"),
        ("2026-11-10T14:00", 0, "2026-11-12"),
        ("2026-11-10T13:59", 1, "2026-11-12"),
        ("2026-11-10T14:00", 1, "2026-11-13"),
        ("2026-11-10T13:59", 3, "2026-11-16"),
        ("2026-11-11T09:00", 0, "2026-11-12"),
        ("2026-11-11T15:00", 0, "2026-11-12"),
        ("2026-11-12T15:00", 0, "2026-11-13"),
        # Friday and the weekend
        ("2026-11-13T13:00", 0, "2026-11-13"),
        ("2026-11-13T14:00", 0, "2026-11-16"),
        ("2026-11-13T13:00", 1, "2026-11-16"),
        ("2026-11-14T10:00", 1, "2026-11-17"),
        # Christmas 2026: Thursday 24 (a holiday since 2025) to Saturday 26, and New Year's Friday
        ("2026-12-23T13:00", 0, "2026-12-23"),
        ("2026-12-23T14:00", 0, "2026-12-28"),
        ("2026-12-23T13:00", 1, "2026-12-28"),
        ("2026-12-31T14:00", 0, "2027-01-04"),
        ("2026-12-31T13:00", 3, "2027-01-07"),
        # Easter 2027: Monday 29 March
        ("2027-03-26T13:00", 1, "2027-03-30"),
        ("2027-03-28T13:00", 0, "2027-03-30"),
    ],
)
def test_working_days_of_a_supplier(now: str, days: int, ship_on: str) -> None:
    assert leaves(now, days, **WORKING) == ship_on


@pytest.mark.parametrize(
    ("available_from", "days", "ship_on"),
    [
        ("2026-11-11", None, "2026-11-12"),
        ("2026-11-14", None, "2026-11-16"),
        ("2026-11-14", 1, "2026-11-16"),
        ("2026-11-14", 4, "2026-11-17"),
        ("2026-10-01", None, "2026-11-10"),
    ],
)
def test_a_day_of_arrival_is_rolled_to_a_working_day(available_from: str, days: int | None, ship_on: str) -> None:
    assert leaves(TUESDAY, days, available_from, **WORKING) == ship_on


@pytest.mark.parametrize(
    ("now", "days", "ship_on"),
    [
        ("2026-12-18", 0, "2026-12-18"),
        ("2026-12-18", 1, "2027-01-04"),
        ("2026-12-22", 0, "2027-01-04"),
        ("2026-12-22", 2, "2027-01-07"),  # Epiphany on the 6th
    ],
)
def test_closed_weeks_are_no_working_days(now: str, days: int, ship_on: str) -> None:
    assert leaves(now, days, **WORKING, **closed("2026-12-21", "2027-01-03")) == ship_on


@pytest.mark.parametrize(
    ("now", "days", "ship_on"),
    [
        ("2026-12-18", 1, "2026-12-19"),  # a Saturday: calendar days run on
        ("2026-12-18", 3, "2027-01-04"),
        ("2026-12-22", 2, "2027-01-06"),  # a holiday
    ],
)
def test_calendar_days_only_stop_at_closed_doors(now: str, days: int, ship_on: str) -> None:
    assert leaves(now, days, **closed("2026-12-21", "2027-01-03")) == ship_on


def test_a_day_of_arrival_behind_closed_doors_moves_behind_them() -> None:
    assert leaves("2026-12-18", None, "2026-12-24", **closed("2026-12-21", "2027-01-03")) == "2027-01-04"


@pytest.mark.parametrize(("hour", "ship_on"), [("13:59", "2026-11-12"), ("14:00", "2026-11-13")])
def test_calendar_days_count_from_the_cut_off_too(hour: str, ship_on: str) -> None:
    assert leaves(f"{TUESDAY}T{hour}", 2, cut_off="14:00") == ship_on


@pytest.mark.parametrize(
    ("now", "cut_off", "ship_on"),
    [
        ("2026-11-12T00:00", "00:00", "2026-11-13"),  # a cut-off at midnight is over all day
        ("2026-11-12T23:59", "23:59", "2026-11-13"),
        ("2026-11-12T23:58", "23:59", "2026-11-12"),
        ("2026-11-12T23:59", None, "2026-11-12"),
    ],
)
def test_a_cut_off_around_midnight(now: str, cut_off: str | None, ship_on: str) -> None:
    assert leaves(now, 0, days_are="working", cut_off=cut_off) == ship_on


@pytest.mark.parametrize(
    ("now", "zone", "ship_on"),
    [
        ("2026-11-12T12:30", "Europe/Warsaw", "2026-11-12"),
        ("2026-11-12T12:30", "Europe/Kyiv", "2026-11-12"),
        ("2026-11-12T13:30", "Europe/Kyiv", "2026-11-13"),  # 14:30 there
        ("2026-11-12T14:30", "Europe/London", "2026-11-12"),  # 13:30 there
        ("2026-11-12T18:00", "Asia/Shanghai", "2026-11-13"),  # already the 13th there, 1:00
        ("2026-11-13T18:00", "Asia/Shanghai", "2026-11-16"),  # already Saturday there
        ("2026-11-13T02:00", "America/New_York", "2026-11-13"),  # still the 12th there, 20:00
    ],
)
def test_the_cut_off_is_in_the_supplier_s_zone_and_the_days_are_the_shop_s(now: str, zone: str, ship_on: str) -> None:
    assert leaves(now, 0, zone=zone, **WORKING) == ship_on


@pytest.mark.parametrize(
    ("now", "zone", "ship_on"),
    [
        ("2026-11-12T18:00", "Asia/Shanghai", "2026-11-13"),  # its Thursday is over
        ("2026-11-13T02:00", "America/New_York", "2026-11-13"),  # its Thursday is not, but the shop's is
    ],
)
def test_working_days_begin_with_the_supplier_s_day_and_never_before_the_shop_s(
    now: str, zone: str, ship_on: str
) -> None:
    assert leaves(now, 0, zone=zone, days_are="working") == ship_on


def test_a_zone_alone_changes_no_calendar_days() -> None:
    assert leaves("2026-11-12T18:00", 1, zone="Asia/Shanghai") == "2026-11-13"


@pytest.mark.parametrize(
    ("utc", "ship_on"),
    [
        ("2026-03-27T12:59", "2026-03-27"),  # 13:59 winter time
        ("2026-03-27T13:00", "2026-03-30"),
        ("2026-03-30T11:59", "2026-03-30"),  # 13:59 summer time
        ("2026-03-30T12:00", "2026-03-31"),
    ],
)
def test_the_clock_is_the_local_one_in_summer_and_winter(utc: str, ship_on: str) -> None:
    suppliers = {6: Supplier(SupplierDelivery(**WORKING), WARSAW)}
    now = datetime.fromisoformat(utc).replace(tzinfo=UTC)
    (promise,) = promises([Asked(6, 0, None)], suppliers, ShopDelivery(), WARSAW, now)
    assert str(promise.ship_on) == ship_on


@pytest.mark.parametrize(
    ("days", "handling", "ship_on"),
    [
        (0, 0, "2026-11-10"),
        (1, 0, "2026-11-12"),  # arrives on the holiday
        (0, 1, "2026-11-12"),
        (1, 1, "2026-11-13"),
        (4, 0, "2026-11-16"),  # arrives on a Saturday
        (4, 2, "2026-11-18"),
    ],
)
def test_via_us_it_waits_for_our_working_day_and_our_handling(days: int, handling: int, ship_on: str) -> None:
    assert leaves(TUESDAY, days, route="via_us", handling_days=handling) == ship_on


def test_via_us_both_calendars_count() -> None:
    ours = {"holidays": "DE-BY", "working_days": ["mon", "tue", "thu"]}
    # theirs: Thursday 12 after the Polish holiday; ours: the next days are Monday 16 and Tuesday 17
    assert leaves(TUESDAY, 1, **WORKING, route="via_us", handling_days=2, shop=ours) == "2026-11-17"


def test_via_us_nothing_arrives_on_a_day_on_which_the_supplier_does_not_send() -> None:
    ours = {"holidays": None, "working_days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]}
    assert leaves(TUESDAY, None, "2026-11-14", **WORKING, route="via_us", shop=ours) == "2026-11-16"


def test_via_us_our_closed_week_counts() -> None:
    assert leaves(TUESDAY, 0, route="via_us", handling_days=1, shop=closed("2026-11-12", "2026-11-15")) == "2026-11-16"


def test_handling_days_do_not_count_where_the_supplier_sends() -> None:
    assert leaves(TUESDAY, 1, route="dropship", handling_days=5) == "2026-11-11"


@pytest.mark.parametrize(
    ("shop", "delivery", "ship_on"),
    [
        ({"extra_days": 2}, {}, "2026-11-13"),
        ({"extra_days": 2, "count": "working"}, {}, "2026-11-13"),
        ({"extra_days": 3, "count": "working"}, {}, "2026-11-16"),
        ({"extra_days": 2}, {"route": "via_us"}, "2026-11-16"),  # from Thursday 12, our first day
        ({"extra_days": 2}, WORKING, "2026-11-16"),  # Thursday 12 and two: Saturday, when it does not send
        ({"extra_days": 0, "count": "working"}, {}, "2026-11-11"),
    ],
)
def test_extra_days_of_the_shop(shop: dict[str, Any], delivery: dict[str, Any], ship_on: str) -> None:
    assert leaves(TUESDAY, 1, shop=shop, **delivery) == ship_on


def test_a_supplier_without_settings_is_one_with_none() -> None:
    now = datetime(2026, 11, 10, 23, 30, tzinfo=UTC)  # the 11th in the shop
    (promise,) = promises([Asked(99, 2, None)], {}, ShopDelivery(), WARSAW, now)
    assert promise == (99, 2, None, date(2026, 11, 13), 2)


def test_who_never_sends_is_refused() -> None:
    with pytest.raises(Refused, match="a day on which supplier 6 sends within 2 years of 2026-11-10"):
        leaves(TUESDAY, 0, days_are="working", **never())
    with pytest.raises(Refused, match="a day on which the shop sends"):
        leaves(TUESDAY, 0, route="via_us", shop=never())


def never() -> dict[str, Any]:
    """No day for years, by pieces that a block takes: the days between them, 31 December, are no Wednesdays."""
    pieces = [{"closed_from": date(year, 1, 1), "closed_to": date(year, 12, 30)} for year in range(2026, 2031)]
    return {"working_days": ["wed"], "holidays": None, "closed": pieces}


def test_closed_for_months_is_a_late_day() -> None:
    assert leaves(TUESDAY, 2, **WORKING, **closed("2026-11-01", "2027-06-30")) == "2027-07-05"


def test_values_that_no_feed_of_ours_has_are_still_days() -> None:
    suppliers: dict[int, Supplier] = {}
    asked = [Asked(6, 2**31 - 1, None), Asked(6, None, date.max)]
    found = promises(asked, suppliers, ShopDelivery(extra_days=60), WARSAW, datetime(2026, 11, 10, tzinfo=UTC))
    assert [one.in_days for one in found] == [36_560, 36_560]


def test_a_time_without_a_zone_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="a time with its zone"):
        promises([], {}, ShopDelivery(), WARSAW, datetime(2026, 11, 10))  # noqa: DTZ001


def test_thousands_at_once_in_their_order() -> None:
    asked = [Asked(supplier, days, None) for days in range(200) for supplier in range(1, 21)]
    suppliers = {number: Supplier(SupplierDelivery(**WORKING), WARSAW) for number in range(1, 21)}
    found = promises(asked, suppliers, ShopDelivery(), WARSAW, datetime(2026, 11, 10, 9, tzinfo=UTC))
    assert [one[:3] for one in found] == asked
    assert found[-1].ship_on == date(2026, 11, 10) + timedelta(days=found[-1].in_days or 0)
