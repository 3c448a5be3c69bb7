"""The words of an explanation: the same codes in both languages, the right plurals, times of the shop's zone."""

from __future__ import annotations

import string
from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

import pytest

from tasks.availability.reasons import REASONS
from tasks.explaining import words_en, words_pl
from tasks.explaining.model import Cause
from tasks.explaining.words import Words

WARSAW = ZoneInfo("Europe/Warsaw")


def places(text: str) -> set[tuple[str | None, str | None]]:
    """The named places of a template with their forms."""
    return {(name, spec) for _, name, spec, _ in string.Formatter().parse(text) if name}


def test_both_languages_say_the_same_things() -> None:
    assert set(words_pl.TABLE) == set(words_en.TABLE)
    assert set(words_pl.COUNTED) == set(words_en.COUNTED)


@pytest.mark.parametrize("code", words_en.TABLE)
def test_both_languages_fill_the_same_places(code: str) -> None:
    assert places(words_pl.TABLE[code]) == places(words_en.TABLE[code])


@pytest.mark.parametrize("code", REASONS)
def test_every_reason_of_a_decision_has_words(code: str) -> None:
    assert {code, f"verdict_{code}"} <= set(words_en.TABLE)


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 sztuk"),
        (1, "1 sztukę"),
        (2, "2 sztuki"),
        (5, "5 sztuk"),
        (12, "12 sztuk"),
        (22, "22 sztuki"),
        (1_000, "1\xa0000 sztuk"),
    ],
)
def test_polish_pieces(count: int, text: str) -> None:
    assert Words("pl", WARSAW).say("held_stock", {"stock": count}) == text


@pytest.mark.parametrize(("count", "text"), [(1, "1 piece"), (0, "0 pieces"), (1_234, "1,234 pieces")])
def test_english_pieces(count: int, text: str) -> None:
    assert Words("en", WARSAW).say("held_stock", {"stock": count}) == text


@pytest.mark.parametrize(("days", "text"), [(1, "1 dzień"), (2, "2 dni"), (5, "5 dni")])
def test_polish_days(days: int, text: str) -> None:
    assert Words("pl", WARSAW).say("ships", {"days": days}) == f", wyśle za {text}"


def test_a_time_is_told_in_the_zone_of_the_shop() -> None:
    at = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert Words("en", WARSAW).say("until", {"until": at}) == "until 29.03.2026 03:30"


def test_what_a_person_wrote_stays_on_one_line() -> None:
    told = Words("en", WARSAW).say("because", {"reason": "first\n# second {code}"})
    assert told == ": first # second {code}"


@pytest.mark.parametrize("language", ["pl", "en"])
@pytest.mark.parametrize(("verdict", "code"), [(True, "on"), (False, "off"), (None, "unknown")])
def test_a_sentence_begins_with_its_verdict(language: Literal["pl", "en"], verdict: bool | None, code: str) -> None:
    words = Words(language, WARSAW)
    told = words.sentence(Cause(code="no_offer", can_be_ordered=verdict))
    assert told == f"{words.say(f'verdict_{code}')}: {words.say('no_offer')}."


def test_a_rule_newer_than_its_words_is_told_by_its_code() -> None:
    assert Words("en", WARSAW).say("new_reason") == "new_reason"
