"""The words a customer reads."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from blocks import AvailabilityPolicy, LanguageTexts
from blocks.delivery import ShopDelivery
from tasks.availability.texts import Language, Said, all_texts, choose_texts, fill
from tasks.errors import Refused

TODAY = date(2026, 11, 10)  # a Tuesday; the next day is a public holiday in Poland
PL, EN, DE, CS, SK = (
    Language(number, name[:2], name)
    for number, name in enumerate(["pl-PL", "en-US", "de-DE", "cs-CZ", "sk-SK"], start=1)
)
ENGLISH = LanguageTexts(
    language="en",
    available="At the supplier",
    unavailable="Not available",
    delivery="Ships in {days_text}",
    same_day="Ships today",
)


def said(days: int, least: int | None = None, *, working: bool = False) -> Said:
    return Said(days if least is None else least, days, TODAY + timedelta(days=days), TODAY, working)


def delivery_texts(
    template: str, *days: tuple[int, int], language: Language = PL, today: date = TODAY, **delivery: Any
) -> list[str]:
    policy = AvailabilityPolicy(
        texts=[LanguageTexts(language=language.iso_code, delivery=template)], delivery=ShopDelivery(**delivery)
    )
    dates = [(today + timedelta(days=first), today + timedelta(days=last)) for first, last in days]
    return [text.text for text in all_texts(policy, [language], dates, today) if text.kind == "delivery"]


@pytest.mark.parametrize(
    ("language", "days", "text"),
    [
        (PL, 1, "1 dzień"),
        (PL, 2, "2 dni"),
        (PL, 5, "5 dni"),
        (PL, 22, "22 dni"),
        (EN, 1, "1 day"),
        (EN, 3, "3 days"),
        (DE, 3, "3 Tage"),
        (CS, 1, "1 den"),
        (CS, 2, "2 dny"),
        (CS, 5, "5 dnů"),
        (SK, 5, "5 dní"),
    ],
)
def test_calendar_days_in_words(language: Language, days: int, text: str) -> None:
    assert fill("{days_text}", said(days), language) == text


@pytest.mark.parametrize(
    ("language", "days", "text"),
    [
        (PL, 1, "1 dzień roboczy"),
        (PL, 2, "2 dni robocze"),
        (PL, 5, "5 dni roboczych"),
        (PL, 12, "12 dni roboczych"),
        (PL, 22, "22 dni robocze"),
        (EN, 1, "1 working day"),
        (EN, 3, "3 working days"),
        (DE, 1, "1 Werktag"),
        (DE, 3, "3 Werktage"),
        (CS, 1, "1 pracovní den"),
        (CS, 2, "2 pracovní dny"),
        (CS, 5, "5 pracovních dnů"),
        (CS, 22, "22 pracovních dnů"),
    ],
)
def test_working_days_in_words(language: Language, days: int, text: str) -> None:
    assert fill("{days_text}", said(days, working=True), language) == text


@pytest.mark.parametrize(
    ("language", "template", "days", "working", "text"),
    [
        (PL, "Wysyłka za {days_text}", 2, True, "Wysyłka za 2 dni robocze"),
        (PL, "Wysyłka w ciągu {days_text}", 2, True, "Wysyłka w ciągu 2 dni roboczych"),
        (PL, "Do {days_text}", 1, False, "Do 1 dnia"),
        (PL, "od {min} do {days_text}", 2, True, "od 1 do 2 dni roboczych"),
        (PL, "w ciągu {min}-{days_text}", 2, True, "w ciągu 1-2 dni roboczych"),
        (PL, "Kod {days_text}", 2, True, "Kod 2 dni robocze"),
        (DE, "Lieferzeit: {days_text}", 3, True, "Lieferzeit: 3 Werktage"),
        (DE, "Versand in {days_text}", 3, True, "Versand in 3 Werktagen"),
        (DE, "Versand in {days_text}", 1, True, "Versand in 1 Werktag"),
        (DE, "Versand in {days_text}", 3, False, "Versand in 3 Tagen"),
        (DE, "Versandtermin {days_text}", 3, False, "Versandtermin 3 Tage"),
        (CS, "Odešleme za {days_text}", 2, True, "Odešleme za 2 pracovní dny"),
        (CS, "Odešleme do {days_text}", 2, True, "Odešleme do 2 pracovních dnů"),
        (CS, "do {days_text}", 1, False, "do 1 dne"),
    ],
)
def test_the_case_is_the_one_that_the_word_before_asks_for(
    language: Language, template: str, days: int, *, working: bool, text: str
) -> None:
    assert fill(template, said(days, 1, working=working), language) == text


@pytest.mark.parametrize("template", ["za {days} dni", "za :days dni"])
def test_the_number_alone(template: str) -> None:
    assert fill(template, said(3), PL) == "za 3 dni"


@pytest.mark.parametrize(
    ("language", "text"), [(PL, "13 listopada"), (EN, "November 13"), (DE, "13. November"), (CS, "13. listopadu")]
)
def test_the_day_itself(language: Language, text: str) -> None:
    assert fill("{date}", said(3), language) == text


@pytest.mark.parametrize(
    ("language", "text"),
    [(PL, "2 stycznia 2027"), (EN, "January 2, 2027"), (DE, "2. Januar 2027"), (CS, "2. ledna 2027")],
)
def test_a_day_of_another_year_says_its_year(language: Language, text: str) -> None:
    assert fill("{date}", Said(3, 3, date(2027, 1, 2), date(2026, 12, 30)), language) == text


@pytest.mark.parametrize("between", ["-", "–", " - ", " – "])
@pytest.mark.parametrize("last", ["{max} dni", "{days_text}", "{days} dni", ":days dni"])
def test_a_range_of_one_number_is_that_number(between: str, last: str) -> None:
    template = "{min}" + between + last
    assert delivery_texts(template, (2, 5), (5, 5)) == [f"2{between}5 dni", "5 dni"]


def test_the_fastest_size_may_leave_today() -> None:
    assert delivery_texts("{min}-{max} dni", (0, 3)) == ["0-3 dni"]


def test_nothing_is_said_of_a_delivery_today() -> None:
    assert delivery_texts("{days_text}", (0, 0)) == []


def test_working_days_are_counted_without_weekends_and_holidays() -> None:
    # Thursday 12, Friday 13, Monday 16
    texts = delivery_texts("za {days_text}", (2, 2), (3, 3), (6, 6), count="working")
    assert texts == ["za 1 dzień roboczy", "za 2 dni robocze", "za 3 dni robocze"]


@pytest.mark.parametrize("day", [1, 2])
def test_what_leaves_before_the_next_working_day_is_over_takes_one(day: int) -> None:
    assert delivery_texts("{days}", (day, day), count="working") == ["1"]


def test_a_working_saturday_counts() -> None:
    week = ["mon", "tue", "wed", "thu", "fri", "sat"]
    assert delivery_texts("{days}", (6, 6), count="working", working_days=week) == ["4"]


def test_a_closed_week_of_the_shop_counts_for_its_customers() -> None:
    closed = [{"closed_from": date(2026, 11, 12), "closed_to": date(2026, 11, 13)}]
    assert delivery_texts("{days}", (6, 6), count="working", closed=closed) == ["3"]


def test_working_days_in_a_language_without_words_for_them_are_refused() -> None:
    with pytest.raises(Refused, match=r"can name \(cs, de, en, pl\), got `sk` with `\{days_text\}`"):
        delivery_texts("Do {days_text}", language=SK, count="working")
    assert delivery_texts("Do {days} dní", (6, 6), language=SK, count="working") == ["Do 3 dní"]


def test_a_language_without_texts_is_refused_by_name() -> None:
    with pytest.raises(Refused, match="found none for en"):
        choose_texts(AvailabilityPolicy(texts=[LanguageTexts(language="pl")]), [PL, EN])


def test_a_text_that_grows_too_long_is_refused() -> None:
    assert len(delivery_texts("x" * 249 + "{days}", (364, 364))[0]) == 252
    with pytest.raises(Refused, match="at most 255 characters, got 259"):
        delivery_texts("x" * 245 + "{days_text}{days_text}", (365, 365))


def test_a_sign_that_the_shop_would_lose_is_refused() -> None:
    texts = LanguageTexts(language="pl", available="Jest 🚚")
    with pytest.raises(Refused, match="utf8mb3"):
        all_texts(AvailabilityPolicy(texts=[texts]), [PL], [], TODAY, only_bmp=True)


def test_every_kind_in_every_language() -> None:
    policy = AvailabilityPolicy(texts=[LanguageTexts(language="pl"), ENGLISH])
    first, last = TODAY + timedelta(days=1), TODAY + timedelta(days=3)
    texts = all_texts(policy, [PL, EN], iter([(first, last), (last, last), (first, last), (TODAY, TODAY)]), TODAY)
    assert [text[:4] for text in texts] == [
        (language.id_lang, kind, ship_on, ship_from)
        for language in (PL, EN)
        for kind, ship_on, ship_from in [
            ("available", None, None),
            ("unavailable", None, None),
            ("same_day", None, None),
            ("delivery", last, first),
            ("delivery", last, last),
        ]
    ]
