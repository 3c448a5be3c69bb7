"""The words a customer reads, in each language of the shop, with the right plural and the day itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import cache, lru_cache
from typing import NamedTuple

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton

from blocks import AvailabilityPolicy, LanguageTexts
from blocks.policy import LONGEST_TEXT
from tasks.availability.calendars import Calendar
from tasks.availability.day_words import WORKING, days_text
from tasks.availability.promises import OUR_FIX
from tasks.errors import Refused

PLACEHOLDER = re.compile(r"\{(days_text|days|date|min|max)\}|:(days)\b")
# `{min}-{max}` is one number where both are the same
FROM_MIN = re.compile(r"\{min\}\s*[-–—]\s*(?=\{(?:max|days|days_text)\}|:days)")


class Language(NamedTuple):
    """A language of the shop: its number there, its two-letter code and, where known, its locale (`pl-PL`)."""

    id_lang: int
    iso_code: str
    locale: str | None = None


class Text(NamedTuple):
    """One text as it is written; `ship_on` and `ship_from` are None where it doesn't depend on them."""

    id_lang: int
    kind: str
    ship_on: date | None
    ship_from: date | None
    text: str


class Said(NamedTuple):
    """What a delivery text can say: days from today to the first and the last day, and the last day itself."""

    least: int
    days: int
    ship_on: date
    today: date
    working: bool = False


def fill(template: str, said: Said, language: Language) -> str:
    """A delivery template filled in; `:days` is the form that Rexbit's settings hold."""
    locale = _locale(language)

    def word(found: re.Match[str]) -> str:
        match found[1] or found[2]:
            case "days_text":
                return days_text(said.days, locale, working=said.working, before=found.string[: found.start()])
            case "date":
                return date_text(said.ship_on, locale, said.today)
            case "min":
                return str(said.least)
            case _:
                return str(said.days)

    return PLACEHOLDER.sub(word, FROM_MIN.sub("", template) if said.least == said.days else template)


@lru_cache(maxsize=10_000)
def date_text(day: date, locale: Locale, today: date) -> str:
    """`28 listopada`; a day of another year with its year."""
    if day.year != today.year:
        return str(format_date(day, "long", locale=locale))
    return str(format_skeleton("MMMMd", day, locale=locale))


@cache
def _locale(language: Language) -> Locale:
    for name in (language.locale, language.iso_code):
        try:
            if name:
                return Locale.parse(name.replace("-", "_"))
        except (UnknownLocaleError, ValueError):
            continue
    raise Refused(
        f"Expected a language with known plural rules, got `{language.iso_code}` ({language.locale}). Correct the"
        " language's code in the shop, or name the languages to write in the shop's block."
    )


def choose_texts(policy: AvailabilityPolicy, languages: Sequence[Language]) -> dict[int, LanguageTexts]:
    """The texts of each language (by `id_lang`); raises Refused naming the languages that have none."""
    by_code = {texts.language: texts for texts in policy.texts}
    lacking = [language.iso_code for language in languages if language.iso_code not in by_code]
    if lacking:
        raise Refused(
            f"Expected texts for every language of the shop, found none for {', '.join(lacking)}. Add an entry a"
            " language under Policy, Texts in the shop's block; nothing was written."
        )
    return {language.id_lang: by_code[language.iso_code] for language in languages}


def all_texts(
    policy: AvailabilityPolicy,
    languages: Sequence[Language],
    dates: Iterable[tuple[date, date]],
    today: date,
    *,
    only_bmp: bool = False,
) -> list[Text]:
    """Every text that a decision can need.

    `dates`: of delivery texts, the first and the last day (`ship_from`, `ship_on`); pairs that end today have none.
    `only_bmp`: the shop's tables can't hold 4-byte characters.
    Raises Refused where a filled text is longer than the shop's column, holds a character it would lose, or counts
    working days in a language whose words for them we don't know.
    """
    chosen = choose_texts(policy, languages)
    count, working = _counter(policy, today), policy.delivery.count == "working"
    pairs = sorted({(ship_from, ship_on) for ship_from, ship_on in dates if ship_on > today})
    said = [Said(count(first), count(last), last, today, working) for first, last in pairs]
    texts = []
    for language in languages:
        words = chosen[language.id_lang]
        _refuse_unknown_words(policy, words, language)
        texts += [
            Text(language.id_lang, kind, None, None, getattr(words, kind))
            for kind in ("available", "unavailable", "same_day")
        ]
        texts += [
            Text(language.id_lang, "delivery", ship_on, ship_from, fill(words.delivery, one, language))
            for (ship_from, ship_on), one in zip(pairs, said, strict=True)
        ]
    for text in texts:
        _check(text, only_bmp=only_bmp)
    return texts


def _counter(policy: AvailabilityPolicy, today: date) -> Callable[[date], int]:
    """How many days off a day is, as the shop's customers count; 0 is today, or before it."""
    delivery = policy.delivery
    if delivery.count == "calendar":
        return lambda day: max((day - today).days, 0)
    # closed weeks count: a customer who reads `5 dni roboczych` doesn't know of them
    week = Calendar("the shop", OUR_FIX, delivery.working_days, delivery.holidays)
    return lambda day: max(week.count(today, day), int(day > today))


def _refuse_unknown_words(policy: AvailabilityPolicy, words: LanguageTexts, language: Language) -> None:
    if policy.delivery.count == "working" and "{days_text}" in words.delivery:
        code = _locale(language).language
        if code not in WORKING:
            raise Refused(
                f"Expected a language whose working days we can name ({', '.join(sorted(WORKING))}), got"
                f" `{language.iso_code}` with `{{days_text}}` in its text `delivery`. Write the words yourself around"
                " `{days}` or `{date}`, or let customers read calendar days (`Customers read` under Policy, Delivery)"
                " in the shop's block; nothing was written."
            )


def _check(text: Text, *, only_bmp: bool) -> None:
    if len(text.text) > LONGEST_TEXT:
        raise Refused(
            f"Expected at most {LONGEST_TEXT} characters, got {len(text.text)} in `{text.text[:60]}…`. Shorten the text"
            f" `{text.kind}` in the shop's block."
        )
    lost = [sign for sign in text.text if ord(sign) > 0xFFFF]
    if only_bmp and lost:
        raise Refused(
            f"The shop's tables (utf8mb3) can't hold `{lost[0]}` of the text `{text.text}`. Take it out of the text"
            f" `{text.kind}` in the shop's block."
        )
