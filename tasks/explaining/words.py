"""How an explanation is said: templates by code in two languages, with the plurals, numbers and times of each."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

from tasks.explaining import words_en, words_pl
from tasks.explaining.model import Cause

Language = Literal["pl", "en"]
TABLES = {"pl": words_pl.TABLE, "en": words_en.TABLE}
COUNTED = {"pl": words_pl.COUNTED, "en": words_en.COUNTED}
LONGEST_MESSAGE = 300
LONGEST_FIRST = 160


class Words(string.Formatter):
    """The words of one language; times are told in `zone`.

    A template's `{stock:pieces}` is a number with its noun in the right plural, `{since:moment}` a time,
    `{reason:message}` what a run or person said, on one line, and `{reason:first}` the first of several reasons.
    """

    def __init__(self, language: Language, zone: ZoneInfo) -> None:
        self._locale = Locale(language)
        self._table = TABLES[language]
        self._counted = COUNTED[language]
        self._zone = zone

    def say(self, code: str, values: Mapping[str, Any] | None = None) -> str:
        """The text of a code, filled; of an unknown code (of a newer rule) the code itself."""
        return self.vformat(self._table.get(code, code), (), dict(values or {}))

    def label(self, kind: str, code: object) -> str:
        """The name of a code of some kind (`reason`, `left`, `matched`): the text `KIND_CODE`, else the code."""
        return self._table.get(f"{kind}_{code}", str(code)) if code is not None else ""

    def sentence(self, cause: Cause, *, recorded: bool = False) -> str:
        """The verdict and its one reason; `recorded`: known from our records only, the shop was not asked."""
        told = {True: "on", False: "off", None: "unknown"}[cause.can_be_ordered]
        verdict = self.say(f"verdict_{told}" + ("_recorded" if recorded else ""))
        return f"{verdict}: {self.say(cause.code, cause.values)}."

    def value(self, value: object) -> str:
        """Any value as it stands in a table."""
        if value is None:
            return ""
        if isinstance(value, bool):
            return self.say("yes" if value else "no")
        if isinstance(value, datetime):
            return self.format_field(value, "moment")
        if isinstance(value, date):
            return self.format_field(value, "day")
        if isinstance(value, int | float | Decimal):
            return str(format_decimal(value, locale=self._locale))
        return str(value)

    def format_field(self, value: Any, format_spec: str) -> str:
        """Fill one place of a template."""
        if isinstance(value, Cause):
            return self.say(value.code, value.values)
        if value is None:
            return self.say("nothing")
        if format_spec == "moment":
            return str(format_datetime(value, "d.MM.y HH:mm", tzinfo=self._zone, locale=self._locale))
        if format_spec == "day":
            return str(format_date(value, "d.MM.y", locale=self._locale))
        if format_spec in {"message", "first"}:
            return _message(str(value), first=format_spec == "first")
        if forms := self._counted.get(format_spec):
            return f"{format_decimal(value, locale=self._locale)} {forms[self._locale.plural_form(value)]}"
        return str(super().format_field(value, format_spec))


def _message(text: str, *, first: bool) -> str:
    plain = re.sub(r"\s+", " ", text.partition("; ")[0] if first else text).strip().rstrip(".")
    longest = LONGEST_FIRST if first else LONGEST_MESSAGE
    return plain if len(plain) <= longest else f"{plain[:longest].rstrip()}…"
