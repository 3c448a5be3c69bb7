"""When something ordered now leaves for the customer: what offers say, carried through two calendars.

Without further settings it is today and the offer's days, or the day from which it can be had, whichever is later.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from blocks.delivery import ShopDelivery, SupplierDelivery
from tasks.availability.calendars import Calendar

ONE_DAY = timedelta(days=1)
# Our feeds say 365 days and the year 2100 at most; what another program put into the links has to be a day, too.
FARTHEST = timedelta(days=36_500)


class Asked(NamedTuple):
    """What an offer says: its supplier (integration number), days, and the first day on which it can be had."""

    supplier: int
    days: int | None
    available_from: date | None


class Supplier(NamedTuple):
    """How a supplier's days are to be read, and the time zone of its cut-off."""

    delivery: SupplierDelivery
    zone: ZoneInfo


class Promise(NamedTuple):
    """What was asked, the day on which it leaves, and how many calendar days off that is; None: no day is named."""

    supplier: int
    days: int | None
    available_from: date | None
    ship_on: date | None
    in_days: int | None


def promises(
    asked: Iterable[Asked], suppliers: Mapping[int, Supplier], shop: ShopDelivery, zone: ZoneInfo, now: datetime
) -> list[Promise]:
    """Say of each one asked when it leaves, in their order; `zone` is the shop's, `now` is aware.

    A supplier that isn't among `suppliers` has no settings of its own. Raises Refused where somebody never sends.
    """
    if now.tzinfo is None:
        raise ValueError(f"expected a time with its zone, got {now}")
    today = now.astimezone(zone).date()
    ours = Calendar("the shop", OUR_FIX, shop.working_days, shop.holidays, shop.closed)
    ways: dict[int, _Way] = {}
    promised = []
    for one in asked:
        if one.supplier not in ways:
            known = suppliers.get(one.supplier) or Supplier(SupplierDelivery(), zone)
            ways[one.supplier] = _Way(one.supplier, known, shop, ours, _day_0(known, today, now))
        ship_on = ways[one.supplier].leaves(one.days, one.available_from and min(one.available_from, today + FARTHEST))
        promised.append(Promise(*one, ship_on, None if ship_on is None else (ship_on - today).days))
    return promised


OUR_FIX = "Correct `Working days`, `Public holidays` and `Closed` under Policy, Delivery in the shop's block."
THEIR_FIX = (
    "Correct `Working days`, `Public holidays` and `Closed` under Delivery in the supplier's block and import its feed"
    " once; a supplier that sends no more is switched off or released."
)


def _day_0(supplier: Supplier, today: date, now: datetime) -> date:
    """The day from which a supplier counts; never before the shop's today, which is what customers count from."""
    delivery = supplier.delivery
    if delivery.days_are == "calendar" and not delivery.cut_off:
        return today
    local = now.astimezone(supplier.zone)
    is_late = bool(delivery.cut_off) and local.time() >= time.fromisoformat(str(delivery.cut_off))
    return max(local.date() + ONE_DAY * is_late, today)


class _Way:
    """The way from one supplier to the customer."""

    def __init__(self, number: int, supplier: Supplier, shop: ShopDelivery, ours: Calendar, day_0: date) -> None:
        delivery = supplier.delivery
        self._delivery, self._shop, self._ours = delivery, shop, ours
        self._counts_working = delivery.days_are == "working"
        if self._counts_working:
            week = (delivery.working_days, delivery.holidays, delivery.closed)
            self._sends = Calendar(f"supplier {number}", THEIR_FIX, *week)
        else:  # calendar days run on over weekends and holidays, and only stop at closed doors
            self._sends = Calendar(f"supplier {number}", THEIR_FIX, closed=delivery.closed)
        self._day_0 = self._sends.first(day_0)

    def leaves(self, days: int | None, available_from: date | None) -> date | None:
        """When it is sent to the customer, by the supplier or by us."""
        if days is None and available_from is None:
            return None
        day = self._leaves_supplier(min(max(days or 0, 0), FARTHEST.days), available_from)
        if self._delivery.route == "via_us":
            return self._ours.after(self._ours.first(day), self._delivery.handling_days + self._shop.extra_days)
        if self._shop.count == "working":
            return self._sends.first(self._ours.after(day, self._shop.extra_days))
        return self._sends.first(day + timedelta(days=self._shop.extra_days))

    def _leaves_supplier(self, days: int, available_from: date | None) -> date:
        on = self._day_0
        day = self._sends.after(on, days) if self._counts_working else on + timedelta(days=days)
        return self._sends.first(max(day, available_from or day))
