"""The words a customer reads."""

from __future__ import annotations

import pytest

from blocks import AvailabilityPolicy, LanguageTexts
from tasks.availability.texts import Language, all_texts, choose_texts, fill
from tasks.errors import Refused

PL, EN = Language(1, "pl", "pl-PL"), Language(2, "en", "en-US")
ENGLISH = LanguageTexts(
    language="en",
    available="At the supplier",
    unavailable="Not available",
    delivery="Ships in {days_text}",
    same_day="Ships today",
)


@pytest.mark.parametrize(
    ("days", "text"),
    [(1, "Wysyłka za 1 dzień"), (2, "Wysyłka za 2 dni"), (5, "Wysyłka za 5 dni"), (22, "Wysyłka za 22 dni")],
)
def test_polish_plural(days: int, text: str) -> None:
    assert fill("Wysyłka za {days_text}", days, PL) == text


@pytest.mark.parametrize(("days", "text"), [(1, "Ships in 1 day"), (3, "Ships in 3 days")])
def test_english_plural(days: int, text: str) -> None:
    assert fill("Ships in {days_text}", days, EN) == text


@pytest.mark.parametrize("template", ["za {days} dni", "za :days dni"])
def test_the_number_alone(template: str) -> None:
    assert fill(template, 3, PL) == "za 3 dni"


def test_a_language_without_texts_is_refused_by_name() -> None:
    with pytest.raises(Refused, match="found none for en"):
        choose_texts(AvailabilityPolicy(texts=[LanguageTexts(language="pl")]), [PL, EN])


def test_a_text_that_grows_too_long_is_refused() -> None:
    long = LanguageTexts(language="pl", delivery="x" * 245 + "{days_text}{days_text}")
    with pytest.raises(Refused, match="at most 255"):
        all_texts(AvailabilityPolicy(texts=[long]), [PL], [365])


def test_a_sign_that_the_shop_would_lose_is_refused() -> None:
    texts = LanguageTexts(language="pl", available="Jest 🚚")
    with pytest.raises(Refused, match="utf8mb3"):
        all_texts(AvailabilityPolicy(texts=[texts]), [PL], [], only_bmp=True)


def test_every_kind_in_every_language() -> None:
    texts = all_texts(AvailabilityPolicy(texts=[LanguageTexts(language="pl"), ENGLISH]), [PL, EN], iter([1, 3, 0]))
    assert {(text.id_lang, text.kind, text.days) for text in texts} == {
        (language, kind, days)
        for language in (1, 2)
        for kind, days in [
            ("available", 0),
            ("unavailable", 0),
            ("same_day", 0),
            ("delivery", 1),
            ("delivery", 3),
        ]
    }
