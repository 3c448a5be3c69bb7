"""What syncs, persons and crashes make of a small shop, in plain Python: written beside the code, not from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from tests.crashes.place import Key, Values

FLAG, LATER = "out_of_stock", "available_later"
LANGUAGES = (1, 2)


class Product(NamedTuple):
    """`combinations`: reference by id; those without offers of their own follow their product."""

    reference: str
    combinations: dict[int, str]
    left_alone: bool


class Policy(NamedTuple):
    """From how many pieces on, from how many again, and the words of the shop's languages."""

    threshold: int = 20
    resume: int | None = None
    word: str = "Dni"

    def text(self, id_lang: int, days: int | None) -> str:
        """What a customer reads; `days` None: it can't be ordered."""
        if days is None:
            return f"{self.word}: nie" if id_lang == 1 else f"{self.word}: no"
        return f"{self.word}: {'dziś' if days == 0 else days}" if id_lang == 1 else f"{self.word} {days} days"


class Offer(NamedTuple):
    """What the supplier says; an item that is missing in its file has 0 pieces."""

    stock: int
    days: int


@dataclass
class Recorded:
    """The value that we know to have written, what may have stood there before our first write, and who wrote last."""

    value: str | None
    originals: set[str | None]
    by: int


@dataclass
class ChangeSet:
    """Rows with their value before and after; `number` orders them in time."""

    number: int
    rows: dict[Key, tuple[str | None, str | None]]
    has_outcomes: bool = True
    ended: bool = True


@dataclass
class Model:
    """All there is to know."""

    products: dict[int, Product]
    shop: Values
    policy: Policy = field(default_factory=Policy)
    offers: dict[str, Offer] = field(default_factory=dict)  # by reference, of all that were ever in a file
    record: dict[Key, Recorded] = field(default_factory=dict)
    sets: list[ChangeSet] = field(default_factory=list)
    held: set[int] = field(default_factory=set)
    paused: bool = False
    maybe: dict[Key, set[str | None]] = field(default_factory=dict)  # what a crash may have met, not recorded yet

    def feed(self, offers: dict[str, Offer]) -> None:
        """A file of the supplier: what it doesn't name any more is sold out."""
        gone = {reference: Offer(0, offer.days) for reference, offer in self.offers.items()}
        self.offers = {**gone, **offers}

    def edit(self, key: Key, value: str) -> None:
        """Somebody else's change in the shop."""
        self.shop[key] = value
        if key in self.maybe and key not in self.record:
            self.maybe[key].add(value)

    def wanted(self) -> Values:
        """What the shop shall hold."""
        rows: Values = {}
        for id_product, product in self.products.items():
            references = [product.reference, *product.combinations.values()]
            if product.left_alone or id_product in self.held or not any(one in self.offers for one in references):
                continue
            rows.update(self._wanted_of(id_product, product))
        return rows

    def _wanted_of(self, id_product: int, product: Product) -> Iterator[tuple[Key, str | None]]:
        enough = self._enough(id_product, product)
        own = self.offers.get(product.reference)
        voters = [self.offers.get(one, own) for one in product.combinations.values()] or [own]
        days = [offer.days for offer in voters if offer and enough(offer)]
        for number in (0, *product.combinations):
            yield (id_product, number, 0, FLAG), "1" if days else "0"
        for id_lang in LANGUAGES:
            yield (id_product, 0, id_lang, LATER), self.policy.text(id_lang, max(days) if days else None)
            for number, reference in product.combinations.items():
                offer = self.offers.get(reference)
                if offer and reference != product.reference:
                    text = self.policy.text(id_lang, offer.days if days and enough(offer) else None)
                    yield (id_product, number, id_lang, LATER), text

    def _enough(self, id_product: int, product: Product) -> Callable[[Offer], bool]:
        """What we switched off comes on again from more pieces, and then as a whole."""
        least = self.policy.threshold
        flag = self.record.get((id_product, 0, 0, FLAG))
        if flag and flag.value == "0" and self.policy.resume is not None:
            again = self.policy.resume
            offers = [self.offers.get(one) for one in (product.reference, *product.combinations.values())]
            if not any(offer and offer.stock >= again for offer in offers):
                least = max(least, again)
        return lambda offer: offer.stock >= least

    def plan_sync(self, *, with_shop: bool) -> ChangeSet | None:
        """What a sync writes: rows that differ from what we wrote last, or also from what the shop holds.

        Products that a crash may have left half done are looked at in both, until a run went through.
        """
        if self.paused:
            return None
        rows = {}
        again = {key[0] for one in self.sets if not one.ended for key in one.rows}
        for key, value in self.wanted().items():
            known = self.record.get(key)
            stands, recorded = self.shop[key] == value, known is not None and known.value == value
            same = recorded and (stands or not (with_shop or key[0] in again))
            if not same:
                rows[key] = (self.shop[key], value)
        return self._new(rows) if rows else None

    def _new(self, rows: dict[Key, tuple[str | None, str | None]]) -> ChangeSet:
        return ChangeSet(len(self.sets), rows)

    def begin(self, changes: ChangeSet) -> None:
        """A run that writes first remembers what those met that a crash cut short."""
        for one in self.sets:
            if not one.ended:
                for key, (before, _) in one.rows.items():
                    originals = self.maybe.pop(key, {before})
                    self.record.setdefault(key, Recorded(before, originals, changes.number))
        self.sets.append(changes)

    def write(self, changes: ChangeSet) -> None:
        """A change set that went through."""
        self.begin(changes)
        for key, (before, after) in changes.rows.items():
            self.shop[key] = after
            self.record_write(key, before, after, changes)
        for one in self.sets:
            one.ended = True

    def record_write(self, key: Key, before: str | None, after: str | None, changes: ChangeSet) -> None:
        """The record of a row that stands in the shop."""
        known = self.record.setdefault(key, Recorded(after, {before}, changes.number))
        known.value, known.by = after, changes.number

    def plan_undo(self, undone: ChangeSet, products: set[int] | None) -> tuple[ChangeSet | None, set[int]]:
        """What an undo writes, and the products of which everything stands again as it was."""
        rows = {
            key: change
            for key, change in undone.rows.items()
            if change[0] != change[1] and (products is None or key[0] in products)
        }
        why = {key: self._why_kept(undone, key, *change) for key, change in rows.items()}
        done = {key for key, (before, _) in rows.items() if self._is_done(key, before)}
        newer = {key[0] for key in rows if why[key] == "later"}
        flags_stay = {key[0] for key in rows if key[3] == FLAG and why[key] in ("later", "another")}
        written = {}
        put_back = set()
        for key, (before, _) in rows.items():
            stays = key not in done and (key[0] in newer or (key[3] == FLAG and key[0] in flags_stay))
            if why[key] is None and not stays:
                put_back.add(key[0])
                if key not in done:
                    written[key] = (self.shop[key], before)
        return (self._new(written) if written else None), put_back

    def _is_done(self, key: Key, before: str | None) -> bool:
        known = self.record.get(key)
        return self.shop[key] == before and (known is None or known.value == before)

    def _why_kept(self, undone: ChangeSet, key: Key, before: str | None, after: str | None) -> str | None:
        known = self.record.get(key)
        if self.shop[key] in (before, after):
            return "gone" if known is None and undone.has_outcomes else None
        if known and known.by > undone.number and known.value == self.shop[key]:
            return "later"
        return "another"

    def hold(self, products: set[int], *, whole: bool) -> None:
        """After an undo: its products, or the shop, are left as they are for a while."""
        if whole:
            self.paused = self.paused or bool(products)
        else:
            self.held |= products

    def crashed(self, changes: ChangeSet, shop: Values, recorded: Values, *, begun: bool, ended: bool) -> None:
        """A run that broke off in the middle: each row is as before or as planned, and recorded only if it stands."""
        for key, value in shop.items():
            before, after = changes.rows.get(key, (self.shop[key], self.shop[key]))
            assert value in (before, after), f"{key} holds {value!r} after a crash, neither {before!r} nor {after!r}"
        if begun:
            self.begin(changes)
            changes.ended, changes.has_outcomes = ended, False
        for key, (before, after) in changes.rows.items():
            known = self.record.get(key)
            if begun and key in recorded and (known is None or recorded[key] != known.value):
                assert recorded[key] == after == shop[key], f"{key} is recorded as {recorded[key]!r}: {shop[key]!r}"
                self.record_write(key, before, after, changes)
            elif begun and known is None:
                self.maybe.setdefault(key, {before})
        self.shop = dict(shop)
