"""The synthetic catalogue: the same products for the same seed, one after the other, for the shop and for the feeds.

The first thirty products show every kind there is, so a tiny shop has them all; the rest come by chance.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from demo.words import KINDS, MANUFACTURERS, NOUNS, SIZES

UNIT_STEP = 10  # a product and up to nine combinations of it
EAN_SPREAD = 618_033_989  # coprime with 10**9: neighbours get EANs far apart, no two the same one
UNKNOWN_FROM = 900_000_000  # numbers of things that suppliers sell and the shop doesn't


class Kind(StrEnum):
    """What a product is, or what is odd about it."""

    STANDARD = "standard"
    SHARED_REFERENCE = "shared_reference"  # combinations with their product's reference
    OWN_REFERENCES = "own_references"  # combinations with references and EANs of their own
    PACK = "pack"
    VIRTUAL = "virtual"
    FUTURE = "future"  # available from a date to come
    WAREHOUSE = "warehouse"  # depends_on_stock
    TWIN = "twin"  # has the reference of the product before it
    SAME_EAN = "same_ean"  # has the EAN of the product before it


SHOWN_FIRST = {
    3: Kind.SHARED_REFERENCE,
    6: Kind.OWN_REFERENCES,
    9: Kind.PACK,
    12: Kind.VIRTUAL,
    15: Kind.FUTURE,
    18: Kind.WAREHOUSE,
    21: Kind.TWIN,
    24: Kind.SAME_EAN,
}
SHOWCASE = 30
COVERED_FIRST = (1, 2)  # by both suppliers, whatever chance says
UNMANAGED_FIRST = (27, 28)
OWN_STOCK_FIRST = (4, 5)
NO_EAN_FIRST = (7,)
LOWER_FIRST = (10,)
SHARES = (  # cumulated share of the products -> kind
    (0.020, Kind.SHARED_REFERENCE),
    (0.040, Kind.OWN_REFERENCES),
    (0.043, Kind.PACK),
    (0.046, Kind.VIRTUAL),
    (0.049, Kind.FUTURE),
    (0.051, Kind.WAREHOUSE),
    (0.052, Kind.TWIN),
    (0.053, Kind.SAME_EAN),
)
WITH_COMBINATIONS = (Kind.SHARED_REFERENCE, Kind.OWN_REFERENCES)


@dataclass(frozen=True, slots=True)
class Sold:
    """Something with a stock row of its own: a product, or one combination of it.

    `unit` is its number in the whole catalogue; `ean` is '' where it has none; `quantity` is the shop's own stock.
    """

    unit: int
    reference: str
    ean: str
    quantity: int
    in_acme: bool
    in_baltic: bool


@dataclass(frozen=True, slots=True)
class Item:
    """A product: `itself`, and its `combinations` in the order of their sizes.

    `chance` (0 to 1) is the product's own, for what else the shop decides about it.
    """

    id_product: int
    kind: Kind
    manufacturer: int
    name_pl: str
    name_en: str
    price: float
    active: bool
    chance: float
    itself: Sold
    combinations: tuple[Sold, ...]

    @property
    def offered(self) -> tuple[Sold, ...]:
        """What a supplier would list: the sizes where they have codes of their own, else the product."""
        return self.combinations if self.kind is Kind.OWN_REFERENCES else (self.itself,)

    @property
    def managed(self) -> bool:
        """Whether some supplier offers it, or one of its combinations."""
        return any(sold.in_acme or sold.in_baltic for sold in self.offered)


def gtin13(body: str) -> str:
    """Twelve digits and their check digit."""
    total = sum(map(int, body[::2])) + 3 * sum(map(int, body[1::2]))
    return f"{body}{-total % 10}"


def ean_of(unit: int) -> str:
    """Return the EAN-13 of a unit; one in two hundred begins with 0, as goods from overseas do."""
    spread = unit * EAN_SPREAD % 10**9
    return gtin13(f"{'036' if unit % 2000 == UNIT_STEP * 8 else '590'}{spread:09d}")


def catalogue(products: int, seed: int) -> Iterator[Item]:
    """Yield products 1 to `products`; what a product is does not depend on how many follow."""
    rng = random.Random(f"catalogue/{seed}")
    before: Sold | None = None
    for id_product in range(1, products + 1):
        item = _item(rng, id_product, before)
        before = item.itself
        yield item


def _kind(rng: random.Random, id_product: int) -> Kind:
    chance = rng.random()
    if id_product <= SHOWCASE:
        return SHOWN_FIRST.get(id_product, Kind.STANDARD)
    return next((kind for upto, kind in SHARES if chance < upto), Kind.STANDARD)


def _item(rng: random.Random, id_product: int, before: Sold | None) -> Item:
    kind = _kind(rng, id_product)
    manufacturer = rng.randrange(len(MANUFACTURERS))
    itself = _product(rng, id_product, kind, MANUFACTURERS[manufacturer][0], before)
    combinations = _combinations(rng, kind, itself) if kind in WITH_COMBINATIONS else ()
    noun, more = NOUNS[rng.randrange(len(NOUNS))], KINDS[rng.randrange(len(KINDS))]
    return Item(
        id_product=id_product,
        kind=kind,
        manufacturer=manufacturer,
        name_pl=f"{noun[0]} {more[0]} {id_product}",
        name_en=f"{noun[1]} {more[1]} {id_product}",
        price=round(2 + rng.random() ** 4 * 2500, 2),
        active=rng.random() >= 0.02 or id_product <= SHOWCASE,
        chance=rng.random(),
        itself=itself,
        combinations=combinations,
    )


def _product(rng: random.Random, id_product: int, kind: Kind, brand: str, before: Sold | None) -> Sold:
    unit = id_product * UNIT_STEP
    reference = f"{brand}-{id_product:06d}"
    if rng.random() < 0.01 or id_product in LOWER_FIRST:
        reference = reference.lower()
    ean = "" if rng.random() < 0.05 or id_product in NO_EAN_FIRST else ean_of(unit)
    quantity = rng.randrange(1, 40) if rng.random() < 0.1 or id_product in OWN_STOCK_FIRST else 0
    in_acme, in_baltic = rng.random() < 0.7, rng.random() < 0.4
    if id_product in COVERED_FIRST:
        in_acme = in_baltic = True
    if id_product in UNMANAGED_FIRST or kind in {Kind.TWIN, Kind.SAME_EAN}:
        in_acme = in_baltic = False
    if kind is Kind.TWIN and before is not None:
        reference = before.reference
    if kind is Kind.SAME_EAN and before is not None:
        ean = before.ean
    return Sold(unit, reference, ean, quantity, in_acme, in_baltic)


def _combinations(rng: random.Random, kind: Kind, itself: Sold) -> tuple[Sold, ...]:
    """2 to 6 sizes; of one with codes of its own a supplier may lack some."""
    sizes = rng.randrange(2, len(SIZES) + 1)
    made = []
    for place in range(sizes):
        unit = itself.unit + place + 1
        quantity = rng.randrange(1, 9) if itself.quantity and rng.random() < 0.5 else 0
        listed, listed_too = rng.random() < 0.85, rng.random() < 0.85
        if kind is Kind.SHARED_REFERENCE:
            ean = ean_of(unit) if rng.random() < 0.5 else ""
            made.append(Sold(unit, itself.reference, ean, quantity, in_acme=False, in_baltic=False))
        else:
            reference = f"{itself.reference}-{SIZES[place]}"
            made.append(
                Sold(
                    unit,
                    reference,
                    ean_of(unit),
                    quantity,
                    itself.in_acme and listed,
                    itself.in_baltic and listed_too,
                )
            )
    return tuple(made)
