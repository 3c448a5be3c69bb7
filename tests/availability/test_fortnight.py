"""A fortnight with All Saints' Day (a Sunday) and Independence Day (a Wednesday), hour by hour, for one offer.

The supplier says 1 working day, takes orders until 14:00, and nothing else ever changes.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import groupby, pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from blocks import AvailabilityPolicy, LanguageTexts
from blocks.delivery import ShopDelivery, SupplierDelivery
from tasks.availability.promises import Asked, Supplier, promises
from tasks.availability.texts import Language, all_texts

WARSAW = ZoneInfo("Europe/Warsaw")
FIRST = datetime(2026, 10, 30, tzinfo=WARSAW)
SUPPLIER = {6: Supplier(SupplierDelivery(days_are="working", cut_off="14:00"), WARSAW)}
OFFER = Asked(6, 1, None)

TABLE = """\
| ordered on | from | leaves on | the customer reads | or, in working days |
|---|---|---|---|---|
| Fri 30 October | 00:00 | Mon 2 November | Wysyłka 2 listopada | Wysyłka za 1 dzień roboczy |
| | 14:00 | Tue 3 November | Wysyłka 3 listopada | Wysyłka za 2 dni robocze |
| Sat 31 October | 00:00 | Tue 3 November | Wysyłka 3 listopada | Wysyłka za 2 dni robocze |
| Sun 1 November | 00:00 | Tue 3 November | Wysyłka 3 listopada | Wysyłka za 2 dni robocze |
| Mon 2 November | 00:00 | Tue 3 November | Wysyłka 3 listopada | Wysyłka za 1 dzień roboczy |
| | 14:00 | Wed 4 November | Wysyłka 4 listopada | Wysyłka za 2 dni robocze |
| Tue 3 November | 00:00 | Wed 4 November | Wysyłka 4 listopada | Wysyłka za 1 dzień roboczy |
| | 14:00 | Thu 5 November | Wysyłka 5 listopada | Wysyłka za 2 dni robocze |
| Wed 4 November | 00:00 | Thu 5 November | Wysyłka 5 listopada | Wysyłka za 1 dzień roboczy |
| | 14:00 | Fri 6 November | Wysyłka 6 listopada | Wysyłka za 2 dni robocze |
| Thu 5 November | 00:00 | Fri 6 November | Wysyłka 6 listopada | Wysyłka za 1 dzień roboczy |
| | 14:00 | Mon 9 November | Wysyłka 9 listopada | Wysyłka za 2 dni robocze |
| Fri 6 November | 00:00 | Mon 9 November | Wysyłka 9 listopada | Wysyłka za 1 dzień roboczy |
| | 14:00 | Tue 10 November | Wysyłka 10 listopada | Wysyłka za 2 dni robocze |
| Sat 7 November | 00:00 | Tue 10 November | Wysyłka 10 listopada | Wysyłka za 2 dni robocze |
| Sun 8 November | 00:00 | Tue 10 November | Wysyłka 10 listopada | Wysyłka za 2 dni robocze |
| Mon 9 November | 00:00 | Tue 10 November | Wysyłka 10 listopada | Wysyłka za 1 dzień roboczy |
| | 14:00 | Thu 12 November | Wysyłka 12 listopada | Wysyłka za 2 dni robocze |
| Tue 10 November | 00:00 | Thu 12 November | Wysyłka 12 listopada | Wysyłka za 1 dzień roboczy |
| | 14:00 | Fri 13 November | Wysyłka 13 listopada | Wysyłka za 2 dni robocze |
| Wed 11 November | 00:00 | Fri 13 November | Wysyłka 13 listopada | Wysyłka za 2 dni robocze |
| Thu 12 November | 00:00 | Fri 13 November | Wysyłka 13 listopada | Wysyłka za 1 dzień roboczy |
| | 14:00 | Mon 16 November | Wysyłka 16 listopada | Wysyłka za 2 dni robocze |
| Fri 13 November | 00:00 | Mon 16 November | Wysyłka 16 listopada | Wysyłka za 1 dzień roboczy |
| | 14:00 | Tue 17 November | Wysyłka 17 listopada | Wysyłka za 2 dni robocze |
"""


class Hour(NamedTuple):
    """What a customer is promised at an hour."""

    at: datetime
    ship_on: date
    dated: str
    counted: str


def promised(at: datetime) -> Hour:
    (promise,) = promises([OFFER], SUPPLIER, ShopDelivery(), WARSAW, at)
    assert promise.ship_on is not None
    texts = []
    for template, delivery in (
        ("Wysyłka {date}", ShopDelivery()),
        ("Wysyłka za {days_text}", ShopDelivery(count="working")),
    ):
        policy = AvailabilityPolicy(texts=[LanguageTexts(language="pl", delivery=template)], delivery=delivery)
        pair = (promise.ship_on, promise.ship_on)
        every = all_texts(policy, [Language(1, "pl")], [pair], at.date())
        texts.append(next((text.text for text in every if text.kind == "delivery"), "Wysyłka dzisiaj"))
    return Hour(at, promise.ship_on, *texts)


def fortnight() -> list[Hour]:
    """Each full hour of the days from 30 October to 13 November."""
    return [promised(FIRST + timedelta(hours=hour)) for hour in range(15 * 24)]


def table(hours: list[Hour]) -> str:
    """A row a day, and one more where the promise changes within it."""
    lines = TABLE.splitlines()[:2]
    for day, of_day in groupby(hours, key=lambda hour: hour.at.date()):
        name = f"{day:%a} {day.day} {day:%B}"
        for words, same in groupby(of_day, key=lambda hour: hour[1:]):
            ship_on, dated, counted = words
            since = f"{next(same).at:%H:%M}"
            lines.append(f"| {name} | {since} | {ship_on:%a} {ship_on.day} {ship_on:%B} | {dated} | {counted} |")
            name = ""
    return "\n".join(lines).replace("|  |", "| |") + "\n"


def test_the_promise_of_each_day() -> None:
    assert table(fortnight()) == TABLE


def test_a_text_with_a_date_changes_when_the_date_does() -> None:
    for before, after in pairwise(fortnight()):
        assert (before.dated == after.dated) is (before.ship_on == after.ship_on)


def test_the_day_only_moves_on() -> None:
    days = [hour.ship_on for hour in fortnight()]
    assert days == sorted(days)
