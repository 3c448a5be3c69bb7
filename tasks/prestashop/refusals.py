"""Changes that must never reach the shop: refused before anything is written, never cut or adapted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from tasks.errors import Refused
from tasks.prestashop.model import (
    ALL_FIELDS,
    FLAG,
    FLAG_VALUES,
    LARGEST_QUANTITY,
    LATER,
    NOW,
    QUANTITY,
    Change,
    ShopInfo,
)

SHOWN = 3
LARGEST_3_BYTE = 0xFFFF
REFUSED_SIGNS = re.compile("[<>={}]")  # PrestaShop's rule for labels
LOST_SIGNS = re.compile(
    "[\x00-\x08\x0a-\x1f\ufffe\uffff]"
)  # which XML can't carry, or PrestaShop takes out: line breaks
WHOLE_NUMBER = re.compile("0|[1-9][0-9]{0,9}")


def refuse_unwritable(changes: Sequence[Change], info: ShopInfo) -> None:
    """Raise Refused naming the first changes that this shop can't hold or that we do not write."""
    told: list[str] = []
    alike: set[tuple[object, ...]] = set()  # many changes share a text: each is looked at once
    for change in changes:
        kind = (change.id_product_attribute == 0, change.id_lang, change.field, change.after)
        if kind not in alike:
            alike.add(kind)
            told += [f"{_named(change)}: {problem}" for problem in _problems(change, info)]
    keys = {change[:4] for change in changes}
    if len(keys) < len(changes):
        told.append(f"{len(changes) - len(keys)} values that are to be changed twice")
    if told:
        more = f" and {len(told) - SHOWN} more" if len(told) > SHOWN else ""
        raise Refused(f"nothing was written to the shop, because of {'; '.join(told[:SHOWN])}{more}")


def _named(change: Change) -> str:
    where = f"product {change.id_product}"
    if change.id_product_attribute:
        where += f", combination {change.id_product_attribute}"
    if change.id_lang is not None:
        where += f", language {change.id_lang}"
    return f"{change.field} of {where}"


def _problems(change: Change, info: ShopInfo) -> Iterator[str]:
    if change.field in {LATER, NOW}:
        yield from _text_problems(change, info)
    elif change.field not in ALL_FIELDS:
        yield f"only {', '.join(f'`{field}`' for field in ALL_FIELDS)} are ever written"
    elif change.id_lang is not None:
        yield "a stock row has no language"
    elif change.field == FLAG and change.after not in FLAG_VALUES:
        yield f"expected 0 (deny), 1 (allow) or 2 (the shop's default), got `{change.after}`"
    elif change.field == QUANTITY and not _is_quantity(change.after, is_sum=change.id_product_attribute == 0):
        yield f"expected a whole number of pieces from 0 to {LARGEST_QUANTITY}, got `{change.after}`"


def _is_quantity(value: str | None, *, is_sum: bool) -> bool:
    """Tell whether a value is what the shop gives back for it: 7, not 07, +7 or 7.0, which would never be read back.

    A sum of combinations is below 0 where more of one were sold than there are.
    """
    digits = value.removeprefix("-") if value and is_sum and value != "-0" else value
    return digits is not None and WHOLE_NUMBER.fullmatch(digits) is not None and int(digits) <= LARGEST_QUANTITY


def _text_problems(change: Change, info: ShopInfo) -> Iterator[str]:
    text = change.after or ""
    if change.id_lang not in {language.id_lang for language in info.languages}:
        yield "the shop does not have this language"
    if change.id_product_attribute and not info.combination_labels:
        yield f"combinations have no texts of their own in PrestaShop {info.version}"
    yield from text_problems(text, info)


def text_problems(text: str, info: ShopInfo) -> Iterator[str]:
    """Say why a text would not arrive in the shop as it is: too long, or with characters that it can't hold."""
    if len(text) > info.text_length:
        yield f"expected at most {info.text_length} characters, got {len(text)} (`{text[:40]}…`). Shorten the text"
    if info.utf8mb3 and any(ord(character) > LARGEST_3_BYTE for character in text):
        yield f"the shop can't hold a character of `{text[:60]}` (emoji and the like). Remove it"
    if info.plain_texts and (found := REFUSED_SIGNS.search(text)):
        yield f"PrestaShop takes no `{found[0]}` in `{text[:60]}` through its Webservice. Remove it"
    if info.plain_texts and LOST_SIGNS.search(text):
        yield f"expected one line, got `{text[:60]}` with a line break or another sign that no text can hold. Remove it"
