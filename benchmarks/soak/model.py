"""What every version of every feed says, and what links and shops have to hold after it: plain Python, no database."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

FIRST_SUPPLIER = 101  # integration numbers; shops are 1, 2, 3
TURN = 20  # a version changes one offer in so many
SOLD_OUT = 0.03
THRESHOLDS = (20, 30, 10)  # of the shops, in turn
TEXTS = {
    "pl": {"unavailable": "Produkt niedostępny", "one": "Wysyłka za 1 dzień", "many": "Wysyłka za {} dni"},
    "en": {"unavailable": "Not available", "one": "Ships in 1 day", "many": "Ships in {} days"},
}


class Offer(NamedTuple):
    """What a supplier says of a product."""

    stock: int
    days: int
    price: str


class Wanted(NamedTuple):
    """What a shop's rows of a product hold: its flag, and its text by language."""

    flag: int
    texts: Mapping[str, str]


@dataclass(frozen=True)
class Model:
    """`references`: the shops' plain products, those that suppliers offer."""

    references: tuple[str, ...]

    def offers(self, supplier: int, version: int) -> dict[str, Offer]:
        """A version of a supplier's feed, by reference; suppliers count from 0, versions from 1."""
        found = {}
        for place, reference in enumerate(self.references):
            chance = _number(supplier, place)
            if chance % 10 < 4:
                found[reference] = _offer(supplier, place, (version + chance // 10 % TURN) // TURN)
        return found

    def wanted(self, shop: int, versions: Mapping[int, int]) -> dict[str, Wanted]:
        """What a shop has to hold, by reference, when each supplier (from 0) is at a version."""
        threshold = threshold_of(shop)
        offered: dict[str, list[Offer]] = {}
        for supplier, version in versions.items():
            for reference, offer in self.offers(supplier, version).items():
                offered.setdefault(reference, []).append(offer)
        return {reference: _wanted(offers, threshold) for reference, offers in offered.items()}


def threshold_of(shop: int) -> int:
    """From how many pieces on a shop (from 0) sells."""
    return THRESHOLDS[shop % len(THRESHOLDS)]


def _wanted(offers: list[Offer], threshold: int) -> Wanted:
    days = [offer.days for offer in offers if offer.stock >= threshold]
    if not days:
        return Wanted(0, {language: texts["unavailable"] for language, texts in TEXTS.items()})
    least = min(days)
    form = "one" if least == 1 else "many"
    return Wanted(1, {language: texts[form].format(least) for language, texts in TEXTS.items()})


def _offer(supplier: int, place: int, turn: int) -> Offer:
    chance = _number(supplier, place, turn)
    stock = 0 if chance % 1000 < 1000 * SOLD_OUT else 1 + chance // 1000 % 45
    return Offer(stock, 1 + chance // 7 % 9, f"{10 + _number(supplier, place) % 9000 / 100:.2f}")


def _number(*parts: int) -> int:
    """The same large number for the same parts, on every machine."""
    return zlib.crc32("/".join(map(str, parts)).encode()) * 2654435761 % 2**32
