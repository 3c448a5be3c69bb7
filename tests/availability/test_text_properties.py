"""What holds for every text: its plurals are CLDR's, and it fits the shop's column or is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from babel import Locale
from babel.localedata import locale_identifiers
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from blocks import AvailabilityPolicy, LanguageTexts
from blocks.delivery import ShopDelivery
from tasks.availability.day_words import days_text
from tasks.availability.texts import Language, all_texts
from tasks.errors import Refused

quick = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])

TODAY = date(2026, 11, 10)
LANGUAGES = ("pl", "en", "de", "cs")


def polish(count: int) -> int:
    """0 one, 1 few, 2 many, as the language's grammar has it."""
    if count == 1:
        return 0
    return 1 if count % 10 in (2, 3, 4) and count % 100 not in (12, 13, 14) else 2


def czech(count: int) -> int:
    return 0 if count == 1 else 1 if count in (2, 3, 4) else 2


def of_two(count: int) -> int:
    return 0 if count == 1 else 2


GRAMMAR: dict[str, Callable[[int], int]] = {"pl": polish, "cs": czech, "en": of_two, "de": of_two}
CATEGORIES = {
    "pl": ("one", "few", "many"),
    "cs": ("one", "few", "other"),
    "en": ("one", "", "other"),
    "de": ("one", "", "other"),
}
CALENDAR = {
    "pl": ("dzień", "dni", "dni"),
    "cs": ("den", "dny", "dnů"),
    "en": ("day", "", "days"),
    "de": ("Tag", "", "Tage"),
}
WORKING = {
    "pl": ("dzień roboczy", "dni robocze", "dni roboczych"),
    "cs": ("pracovní den", "pracovní dny", "pracovních dnů"),
    "en": ("working day", "", "working days"),
    "de": ("Werktag", "", "Werktage"),
}
AFTER = {
    "pl": ("do ", ("dnia", "dni", "dni"), ("dnia roboczego", "dni roboczych", "dni roboczych")),
    "cs": ("do ", ("dne", "dnů", "dnů"), ("pracovního dne", "pracovních dnů", "pracovních dnů")),
    "de": ("in ", ("Tag", "", "Tagen"), ("Werktag", "", "Werktagen")),
}


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_grammar_here_is_cldr_s(code: str) -> None:
    rule = Locale.parse(code).plural_form
    assert [CATEGORIES[code][GRAMMAR[code](count)] for count in range(401)] == [rule(count) for count in range(401)]


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("words", [CALENDAR, WORKING])
def test_plurals_from_0_to_400(code: str, words: dict[str, tuple[str, str, str]]) -> None:
    expected = [f"{count} {words[code][GRAMMAR[code](count)]}" for count in range(401)]
    locale = Locale.parse(code)
    assert [days_text(count, locale, working=words is WORKING) for count in range(401)] == expected


@pytest.mark.parametrize("code", AFTER)
@pytest.mark.parametrize("working", [False, True])
def test_plurals_from_0_to_400_after_a_word_that_asks_for_another_case(code: str, *, working: bool) -> None:
    before, *forms = AFTER[code]
    expected = [f"{count} {forms[working][GRAMMAR[code](count)]}" for count in range(401)]
    locale = Locale.parse(code)
    found = [days_text(count, locale, working=working, before=before) for count in range(401)]
    assert found == expected


def test_days_have_words_in_every_language() -> None:
    locales = [Locale.parse(name) for name in locale_identifiers() if len(name) == 2]
    assert len(locales) > 100
    texts = {locale.language: days_text(5, locale) for locale in locales}
    assert {language: text for language, text in texts.items() if "duration" in text or text.strip() == "5"} == {}
    assert (texts["it"], texts["nl"], texts["pt"], texts["tr"]) == ("5 giorni", "5 dagen", "5 dias", "5 gün")


PIECES = st.sampled_from(["{days}", "{days_text}", "{date}", "{min}", "{max}", ":days", "-", " do ", " – ", "ż"])
TEMPLATES = st.lists(PIECES | st.text(st.characters(codec="utf-8"), max_size=60), max_size=25).map("".join)
OFFSETS = st.integers(0, 400)


@quick
@given(TEMPLATES, st.sampled_from(LANGUAGES), OFFSETS, OFFSETS, st.sampled_from(["calendar", "working"]), st.booleans())
def test_a_text_fits_the_shop_or_is_refused(
    template: str, code: str, first: int, length: int, count: str, only_bmp: bool
) -> None:
    try:
        words = LanguageTexts(language=code, delivery=template)
    except ValidationError:
        return
    policy = AvailabilityPolicy(texts=[words], delivery=ShopDelivery.model_validate({"count": count}))
    pair = (TODAY + timedelta(days=first), TODAY + timedelta(days=first + length))
    try:
        texts = all_texts(policy, [Language(1, code)], [pair], TODAY, only_bmp=only_bmp)
    except Refused:
        return
    for text in (one.text for one in texts):
        assert len(text) <= 255
        assert not set("<>{}=") & set(text)
        assert not only_bmp or all(ord(sign) <= 0xFFFF for sign in text)


@quick
@given(st.sets(st.tuples(OFFSETS, OFFSETS), max_size=30))
def test_a_later_day_never_has_a_smaller_number(pairs: set[tuple[int, int]]) -> None:
    words = LanguageTexts(language="pl", delivery="{min}/{max}")
    policy = AvailabilityPolicy(texts=[words], delivery=ShopDelivery(count="working"))
    dates = [(TODAY + timedelta(days=min(pair)), TODAY + timedelta(days=max(pair))) for pair in pairs]
    texts = [text for text in all_texts(policy, [Language(1, "pl")], dates, TODAY) if text.kind == "delivery"]
    shown = [tuple(int(number) for number in text.text.split("/")) for text in texts]
    assert all(least <= most for least, most in shown)
    by_day = sorted((text.ship_on, most) for text, (_, most) in zip(texts, shown, strict=True) if text.ship_on)
    assert [most for _, most in by_day] == sorted(most for _, most in shown)
