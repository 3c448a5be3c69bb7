"""The words a customer reads, in each language of the shop, with the right plural."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from babel import Locale, UnknownLocaleError
from babel.units import format_unit

from blocks import AvailabilityPolicy, LanguageTexts
from blocks.policy import LONGEST_TEXT
from tasks.errors import Refused


class Language(NamedTuple):
    """A language of the shop: its number there, its two-letter code and, where known, its locale (`pl-PL`)."""

    id_lang: int
    iso_code: str
    locale: str | None = None


class Text(NamedTuple):
    """One text as it is written: `days` is 0 where the text doesn't depend on them."""

    id_lang: int
    kind: str
    days: int
    text: str


def days_text(days: int, language: Language) -> str:
    """`1 dzień`, `3 dni`, `1 day`: the unit's plural by CLDR, as Babel has it."""
    return str(format_unit(days, "duration-day", length="long", locale=_locale(language)))


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


def fill(template: str, days: int, language: Language) -> str:
    """A delivery template with its days filled in; `:days` is the form that Rexbit's settings hold."""
    filled = template.replace("{days_text}", days_text(days, language)).replace("{days}", str(days))
    return filled.replace(":days", str(days))


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
    policy: AvailabilityPolicy, languages: Sequence[Language], days: Iterable[int], *, only_bmp: bool = False
) -> list[Text]:
    """Every text that a decision can need; `only_bmp` where the shop's tables can't hold 4-byte characters.

    Raises Refused when a filled text is longer than the shop's column or holds a character it would lose.
    """
    chosen = choose_texts(policy, languages)
    counts = sorted({count for count in days if count > 0})
    texts = []
    for language in languages:
        words = chosen[language.id_lang]
        texts += [
            Text(language.id_lang, kind, 0, getattr(words, kind)) for kind in ("available", "unavailable", "same_day")
        ]
        texts += [Text(language.id_lang, "delivery", count, fill(words.delivery, count, language)) for count in counts]
    for text in texts:
        _check(text, only_bmp=only_bmp)
    return texts


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
