"""`1 dzień`, `3 dni`, `5 dni roboczych`: a number of days in words, with the plural and the case that stand there.

Calendar days are CLDR's words (Babel). Working days are in no such collection: those of the languages here are ours,
chosen by CLDR's plural categories.
"""

from __future__ import annotations

import math
import re
from datetime import timedelta
from functools import lru_cache
from typing import NamedTuple

from babel import Locale
from babel.dates import format_timedelta


class Forms(NamedTuple):
    """A noun by plural category: of exactly one, of few, of all other whole numbers."""

    one: str
    few: str
    other: str


# As they stand alone (`Lieferzeit: 3 Werktage`), and after a word that asks for another case (`in 3 Werktagen`).
WORKING = {
    "pl": Forms("dzień roboczy", "dni robocze", "dni roboczych"),
    "en": Forms("working day", "working days", "working days"),
    "de": Forms("Werktag", "Werktage", "Werktage"),
    "cs": Forms("pracovní den", "pracovní dny", "pracovních dnů"),
}
WORKING_AFTER = {
    "pl": Forms("dnia roboczego", "dni roboczych", "dni roboczych"),
    "de": Forms("Werktag", "Werktagen", "Werktagen"),
    "cs": Forms("pracovního dne", "pracovních dnů", "pracovních dnů"),
}
CALENDAR_AFTER = {
    "pl": Forms("dnia", "dni", "dni"),
    "de": Forms("Tag", "Tagen", "Tagen"),
    "cs": Forms("dne", "dnů", "dnů"),
}
RANGE = r"\s+(?:(?:\d+|\{min\})\s*(?:[-–—]|do|až|bis)\s*)?$"
ASKING = {
    "pl": re.compile(r"\b(?:do|od|ciągu|przeciągu|terminie)" + RANGE, re.IGNORECASE),
    "de": re.compile(r"\b(?:in|nach|binnen|innerhalb|von|vor|seit)" + RANGE, re.IGNORECASE),
    "cs": re.compile(r"\b(?:do|od|během|průběhu)" + RANGE, re.IGNORECASE),
}


def days_text(days: int, locale: Locale, *, working: bool = False, before: str = "") -> str:
    """A number of days in words; `before` is what stands in front of them, which may ask for another case.

    Raises KeyError for working days of a language that isn't in `WORKING`.
    """
    asking = ASKING.get(locale.language)
    return _in_words(days, locale, working, bool(asking and asking.search(before)))


@lru_cache(maxsize=10_000)
def _in_words(days: int, locale: Locale, working: bool, is_asked: bool) -> str:
    if not working and not is_asked:
        return _by_cldr(days, locale)
    alone, after = (WORKING, WORKING_AFTER) if working else ({}, CALENDAR_AFTER)
    forms = (after if is_asked else alone)[locale.language]
    form = {"one": forms.one, "few": forms.few}.get(locale.plural_form(days), forms.other)
    return f"{days} {form}"


def _by_cldr(days: int, locale: Locale) -> str:
    # not format_unit: where CLDR takes long words from short ones (it, nl, pt, tr...), that writes `5 duration-day`
    span = timedelta(days=days)
    return str(format_timedelta(span, granularity="day", threshold=math.inf, format="long", locale=locale))
