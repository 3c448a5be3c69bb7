"""What two suppliers offer of the synthetic catalogue: the truth first, then the dirt that files put on it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from demo.catalogue import UNKNOWN_FROM, Item, Sold, catalogue, ean_of

THRESHOLD = 20  # pieces from which the example shop sells; step 3 moves stocks across it
DELIVERY_TEXTS = ("24h", "2", "1-3", "3-7 dni", "5", "")
DELIVERY_NUMBERS = (1, 2, 3, 7, 5, None)  # the same, for a feed that has plain days
VANISHING = 3
FIRST_STOCKS = (50, 5)  # of the first two records, which change in step 3: one goes off, one comes on


class Dirt(StrEnum):
    """What is wrong with a record."""

    NONE = "none"
    UNKNOWN_STOCK = "unknown_stock"
    NO_STOCK = "no_stock"
    NEGATIVE_STOCK = "negative_stock"
    UNKNOWN_DELIVERY = "unknown_delivery"
    TOO_MANY_COLUMNS = "too_many_columns"
    DUPLICATE = "duplicate_key"
    SPREADSHEET_CODE = "spreadsheet_code"
    WRONG_CODE = "invalid_gtin"
    UNKNOWN_PRICE = "unknown_price"


ROW_DIRT = frozenset(
    {
        Dirt.UNKNOWN_STOCK,
        Dirt.NO_STOCK,
        Dirt.NEGATIVE_STOCK,
        Dirt.UNKNOWN_DELIVERY,
        Dirt.TOO_MANY_COLUMNS,
        Dirt.DUPLICATE,
    }
)


@dataclass(frozen=True, slots=True)
class Offer:
    """One record before it is written: `delivery` is a place in the lists above, `look` (0 to 1) chooses its style.

    `number` counts the supplier's records from 1; `known` tells whether the shop has the thing.
    """

    number: int
    symbol: str
    ean: str
    name: str
    maker: int
    stock: int
    delivery: int
    price: float
    look: float
    dirt: Dirt
    known: bool


@dataclass(frozen=True)
class Supplier:
    """How a supplier's file differs from another's: what it covers, and with which shares of dirt and oddities."""

    name: str
    covers: Callable[[Sold], bool]
    own_symbol: str  # the form of symbols that are the supplier's own; '' leaves them empty
    own_symbol_share: float
    unknown_share: float
    dirt: tuple[tuple[float, Dirt], ...]  # cumulated shares
    first_unknown: int


ACME = Supplier(
    name="acme",
    covers=lambda sold: sold.in_acme,
    own_symbol="A7/{number:05d}",
    own_symbol_share=0.08,
    unknown_share=0.03,
    dirt=(
        (0.003, Dirt.UNKNOWN_STOCK),
        (0.004, Dirt.NO_STOCK),
        (0.006, Dirt.NEGATIVE_STOCK),
        (0.007, Dirt.UNKNOWN_DELIVERY),
        (0.008, Dirt.TOO_MANY_COLUMNS),
        (0.012, Dirt.DUPLICATE),
        (0.018, Dirt.SPREADSHEET_CODE),
        (0.022, Dirt.WRONG_CODE),
        (0.024, Dirt.UNKNOWN_PRICE),
    ),
    first_unknown=UNKNOWN_FROM,
)
BALTIC = Supplier(
    name="baltic",
    covers=lambda sold: sold.in_baltic,
    own_symbol="",
    own_symbol_share=0.10,
    unknown_share=0.04,
    dirt=(
        (0.003, Dirt.UNKNOWN_STOCK),
        (0.005, Dirt.NO_STOCK),
        (0.006, Dirt.NEGATIVE_STOCK),
        (0.008, Dirt.DUPLICATE),
        (0.012, Dirt.WRONG_CODE),
        (0.013, Dirt.UNKNOWN_PRICE),
    ),
    first_unknown=UNKNOWN_FROM + 50_000_000,
)


@dataclass
class Changes:
    """What step 3 did to a feed, in records: `switched_on` and `switched_off` cross the threshold of 20."""

    changed: int = 0
    switched_on: int = 0
    switched_off: int = 0
    vanished: int = 0


def offers(supplier: Supplier, products: int, seed: int) -> Iterator[Offer]:
    """Yield the supplier's records in file order; the same for the same arguments."""
    rng = random.Random(f"{supplier.name}/{seed}")
    number = 0
    for item in catalogue(products, seed):
        for sold in item.offered:
            if not supplier.covers(sold):
                continue
            number += 1
            yield _offer(rng, supplier, number, item, sold)
            if rng.random() < supplier.unknown_share and number > len(FIRST_STOCKS):
                number += 1
                yield _unknown(rng, supplier, number)


def _stock(rng: random.Random) -> int:
    """A quarter sold out, a third below the threshold, the rest above it."""
    chance = rng.random()
    if chance < 0.25:
        return 0
    return rng.randrange(1, THRESHOLD) if chance < 0.55 else THRESHOLD + int(rng.random() ** 4 * 2000)


def _offer(rng: random.Random, supplier: Supplier, number: int, item: Item, sold: Sold) -> Offer:
    chance, look, own = rng.random(), rng.random(), rng.random() < supplier.own_symbol_share
    dirt = next((kind for upto, kind in supplier.dirt if chance < upto), Dirt.NONE)
    shown = number <= len(FIRST_STOCKS)
    own = own and bool(sold.ean) and dirt is Dirt.NONE and not shown  # else nothing would identify it
    if dirt in {Dirt.SPREADSHEET_CODE, Dirt.WRONG_CODE} and not sold.ean:
        dirt = Dirt.NONE
    stock = FIRST_STOCKS[number - 1] if shown else _stock(rng)
    return Offer(
        number=number,
        symbol=supplier.own_symbol.format(number=number) if own else sold.reference.upper(),
        ean=sold.ean,
        name=item.name_pl,
        maker=item.manufacturer,
        # of what can't be had, an unreadable delivery time harms nobody
        stock=max(stock, 1) if dirt is Dirt.UNKNOWN_DELIVERY else stock,
        delivery=rng.randrange(len(DELIVERY_TEXTS)),
        price=round(item.price * (0.55 + rng.random() * 0.2), 2),
        look=look,
        dirt=Dirt.NONE if shown else dirt,
        known=True,
    )


def _unknown(rng: random.Random, supplier: Supplier, number: int) -> Offer:
    return Offer(
        number=number,
        symbol=f"{supplier.name[:2].upper()}X-{number:06d}",
        ean=ean_of(supplier.first_unknown + number),
        name=f"Nowość w ofercie {number}",
        maker=number % 8,
        stock=_stock(rng),
        delivery=rng.randrange(len(DELIVERY_TEXTS)),
        price=round(5 + rng.random() * 500, 2),
        look=rng.random(),
        dirt=Dirt.NONE,
        known=False,
    )


def later_offers(supplier: Supplier, products: int, seed: int, changes: Changes) -> Iterator[Offer]:
    """Yield the records of step 3: about 1 % of the known clean ones changed, at most three gone; counts in `changes`.

    Half of the changes cross the threshold, in both directions; the others are delivery days. The first two records
    always cross it.
    """
    rng = random.Random(f"{supplier.name}/{seed}/later")
    for offer in offers(supplier, products, seed):
        chance, kind, share = rng.random(), rng.random(), rng.random()
        if not offer.known or offer.dirt is not Dirt.NONE:
            yield offer
        elif chance < 0.01 or offer.number <= len(FIRST_STOCKS):
            yield _changed(offer, kind < 0.5 or offer.number <= len(FIRST_STOCKS), share, changes)
        elif chance > 0.9995 and changes.vanished < VANISHING:
            changes.vanished += 1
        else:
            yield offer


def _changed(offer: Offer, in_stock: bool, share: float, changes: Changes) -> Offer:
    changes.changed += 1
    if not in_stock:
        return replace(offer, delivery=(offer.delivery + 1 + int(share * 4)) % len(DELIVERY_TEXTS))
    if offer.stock >= THRESHOLD:
        changes.switched_off += 1
        return replace(offer, stock=max(int(share * 2 * THRESHOLD) - THRESHOLD, 0))
    changes.switched_on += 1
    return replace(offer, stock=THRESHOLD + int(share * 100))
