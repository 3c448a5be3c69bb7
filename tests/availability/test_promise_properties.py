"""What holds for a promise whatever the settings are."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from blocks.delivery import EVERY_DAY, Closed, ShopDelivery, SupplierDelivery
from tasks.availability.calendars import public_holidays
from tasks.availability.promises import Asked, Promise, Supplier, promises
from tests.availability.calendar_strategies import DAYS, NOWS, ZONES, deliveries, shops

quick = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])

WARSAW = ZoneInfo("Europe/Warsaw")
DAY_COUNTS = st.integers(0, 60)
FROM = st.none() | DAYS
Delivery = SupplierDelivery | ShopDelivery


def promise(
    delivery: SupplierDelivery,
    shop: ShopDelivery,
    now: datetime,
    days: int | None,
    available_from: date | None = None,
    zone: str = "Europe/Warsaw",
) -> date:
    """When it leaves; with days, so that there is such a day."""
    supplier = {6: Supplier(delivery, ZoneInfo(zone))}
    (one,) = promises([Asked(6, days, available_from)], supplier, shop, WARSAW, now)
    assert one.ship_on is not None
    return one.ship_on


def sends(delivery: Delivery, day: date, *, working: bool = True) -> bool:
    if any(one.closed_from <= day <= one.closed_to for one in delivery.closed):
        return False
    off = delivery.holidays and day in public_holidays(delivery.holidays, day.year)
    return not working or (EVERY_DAY[day.weekday()] in delivery.working_days and not off)


@quick
@given(NOWS, st.none() | st.integers(-3, 400), FROM, ZONES)
def test_without_settings_it_is_plain_addition(
    now: datetime, days: int | None, available_from: date | None, zone: str
) -> None:
    today = now.date()
    until = None if available_from is None else max((available_from - today).days, 0)
    expected = until if days is None else max(days, until or 0, 0)
    suppliers = {6: Supplier(SupplierDelivery(), ZoneInfo(zone))}
    found = promises([Asked(6, days, available_from)], suppliers, ShopDelivery(), WARSAW, now)
    ship_on = None if expected is None else today + timedelta(days=expected)
    assert found == [Promise(6, days, available_from, ship_on, expected)]


@quick
@given(deliveries(), shops(), NOWS, DAY_COUNTS, FROM, ZONES)
def test_more_days_never_leave_earlier(
    delivery: SupplierDelivery, shop: ShopDelivery, now: datetime, days: int, available_from: date | None, zone: str
) -> None:
    earlier = promise(delivery, shop, now, days, available_from, zone)
    assert promise(delivery, shop, now, days + 1, available_from, zone) >= earlier


@quick
@given(deliveries(), shops(), NOWS, st.timedeltas(timedelta(0), timedelta(days=20)), DAY_COUNTS, ZONES)
def test_what_is_ordered_later_never_leaves_earlier(
    delivery: SupplierDelivery, shop: ShopDelivery, now: datetime, later: timedelta, days: int, zone: str
) -> None:
    then = (now.astimezone(ZoneInfo("UTC")) + later).astimezone(WARSAW)
    assert promise(delivery, shop, then, days, None, zone) >= promise(delivery, shop, now, days, None, zone)


@quick
@given(deliveries(), shops(), NOWS, DAY_COUNTS, DAYS)
def test_what_comes_later_never_leaves_earlier_nor_before_it_is_there(
    delivery: SupplierDelivery, shop: ShopDelivery, now: datetime, days: int, available_from: date
) -> None:
    leaves = promise(delivery, shop, now, days, available_from)
    assert leaves >= available_from
    assert promise(delivery, shop, now, days, available_from + timedelta(days=1)) >= leaves


@quick
@given(deliveries(), shops(), NOWS, DAY_COUNTS, FROM, ZONES)
def test_it_leaves_on_a_day_on_which_the_sender_sends(
    delivery: SupplierDelivery, shop: ShopDelivery, now: datetime, days: int, available_from: date | None, zone: str
) -> None:
    day = promise(delivery, shop, now, days, available_from, zone)
    if delivery.route == "via_us":
        assert sends(shop, day)
    else:
        assert sends(delivery, day, working=delivery.days_are == "working")


@quick
@given(deliveries(), shops(), NOWS, DAY_COUNTS, FROM, ZONES)
def test_it_never_leaves_in_the_past(
    delivery: SupplierDelivery, shop: ShopDelivery, now: datetime, days: int, available_from: date | None, zone: str
) -> None:
    assert promise(delivery, shop, now, days, available_from, zone) >= now.date()


@quick
@given(deliveries(), shops(), NOWS, DAY_COUNTS, DAYS, st.integers(0, 30))
def test_one_more_closed_time_makes_nothing_earlier(
    delivery: SupplierDelivery, shop: ShopDelivery, now: datetime, days: int, first: date, length: int
) -> None:
    more = Closed(closed_from=first, closed_to=first + timedelta(days=length))
    before = promise(delivery, shop, now, days)
    theirs = delivery.model_copy(update={"closed": [*delivery.closed, more]})
    ours = shop.model_copy(update={"closed": [*shop.closed, more]})
    assert promise(theirs, shop, now, days) >= before
    assert promise(delivery, ours, now, days) >= before


@quick
@given(deliveries(holidays=None), shops(holidays=None), NOWS, DAY_COUNTS)
def test_public_holidays_make_nothing_earlier(
    delivery: SupplierDelivery, shop: ShopDelivery, now: datetime, days: int
) -> None:
    before = promise(delivery, shop, now, days)
    assert promise(delivery.model_copy(update={"holidays": "PL"}), shop, now, days) >= before
    assert promise(delivery, shop.model_copy(update={"holidays": "PL"}), now, days) >= before


@quick
@given(deliveries(), shops(extra_days=0), NOWS, DAY_COUNTS)
def test_extra_days_make_it_later(delivery: SupplierDelivery, shop: ShopDelivery, now: datetime, days: int) -> None:
    more = shop.model_copy(update={"extra_days": 1})
    assert promise(delivery, more, now, days) > promise(delivery, shop, now, days)
