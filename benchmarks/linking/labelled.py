"""A catalogue and a supplier's file made up for it, and beside each offer the product that it really is.

Every kind of dirt is one that keys can tell or must not guess at. What no key can tell is not in it, because there no
rule is right: a code that belongs to another product in every column, with nothing beside it that disagrees.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import duckdb

SHOP = 7
LETTERS = "ABCDEFGHJKLMNPRSTUWXYZŁŻ"
# which of 50, 40 and 100 products: an EAN that begins with 0; the first of two with one EAN, and of two whose
# references differ only in zeros
AMERICAN, SHARING_EAN, TWIN = 7, 25, 15
WORDS = ("Wiertarka", "Śruba", "Kabel", "Lampa", "Zawór", "Młotek", "Pompa", "Filtr", "Uchwyt", "Żarówka")


class Product(NamedTuple):
    """Something the shop sells; `item` as the shop numbers it, `parent` the place of its product for a combination."""

    id: int
    item: str
    sku: str | None
    ean: str | None
    name: str
    parent: int | None = None


class Offer(NamedTuple):
    """A row of the supplier's file; `product_id` is what it really is, None what the shop does not sell."""

    kind: str
    product_id: int | None
    sku: str
    ean: str
    name: str


# What has to come of each kind: linked, left to a person (`open`), or no product of the shop at all (`none`).
EXPECTED = {
    "both keys": "linked",
    "SKU alone": "linked",
    "EAN alone": "linked",
    "other case and spaces": "linked",
    "full-width characters": "linked",
    "EAN without its leading zero": "linked",
    "EAN spoilt by a spreadsheet": "linked",
    "EAN with a wrong digit": "linked",
    "SKU without its zeros, EAN right": "linked",
    "SKU without its zeros, which is another product's": "open",
    "that other product": "linked",
    "SKU without its zeros, no EAN": "none",
    "EAN of several products, SKU right": "linked",
    "EAN of several products, no SKU": "open",
    "SKUs of two products swapped": "open",
    "EAN of another product": "open",
    "the same product twice": "open",
    "a pack with the EAN of its piece": "open",
    "the piece of that pack": "linked",
    "combination by its own reference": "linked",
    "combination by its product's reference and EAN": "linked",
    "combination by EAN alone": "linked",
    "not sold by the shop": "none",
    "not sold by the shop, nearly the same codes": "none",
}


class Labelled(NamedTuple):
    """What `match_offers` needs, laid into a folder, the supplier's file, and the answers as `answers.parquet`."""

    folder: Path
    feed: Path
    answers: Path


def gtin13(number: int, prefix: str = "590") -> str:
    """The n-th EAN-13 of a company, check digit and all."""
    body = f"{prefix}{number:09d}"
    weighed = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body))
    return f"{body}{(10 - weighed % 10) % 10}"


def catalogue(count: int, chance: random.Random) -> list[Product]:
    """`count` products, four of ten of them combinations; some with numbers as references, zeros in front."""
    made: list[Product] = []
    while len(made) < count:
        place = len(made) + 1
        name = f"{chance.choice(WORDS)} {chance.choice(LETTERS)}{place}"
        reference = f"{place:07d}" if place % 5 == 0 else f"{''.join(chance.choices(LETTERS, k=3))}-{place}/{place % 9}"
        ean = gtin13(place, "012" if place % 50 == AMERICAN else "590")
        if place % 40 == SHARING_EAN + 1:
            ean = gtin13(place - 1)
        if place % 100 == TWIN + 1:
            reference = str(place - 1)  # what the reference of its neighbour is without zeros
        made.append(Product(place, str(place), reference, ean if place % 8 else None, name))
        if place % 10 == 0:
            made += _combinations(made[-1], shares=place % 20 == 0)
    return made[:count]


def _combinations(parent: Product, *, shares: bool) -> Iterator[Product]:
    for number in range(1, 5):
        place = parent.id + number
        sku = None if shares else f"{parent.sku}-{number}"
        yield Product(place, f"{parent.id}-{place}", sku, gtin13(place), f"{parent.name} {number}", parent.id)


class _Maker:
    """Makes offers of each kind out of products that no other offer is about."""

    def __init__(self, products: Sequence[Product], chance: random.Random) -> None:
        self.chance = chance
        self.by_id = {product.id: product for product in products}
        shared: dict[str, list[Product]] = {}
        for product in products:
            if product.ean:
                shared.setdefault(product.ean, []).append(product)
        self.shared = [group for group in shared.values() if len(group) > 1]
        self.twins = [product for product in products if not product.parent and product.id % 100 == TWIN]
        taken = {product.id for group in self.shared for product in group}
        taken |= {product.id + place for product in self.twins for place in (0, 1)}
        taken |= {product.parent for product in products if product.parent}
        self.combinations = [product for product in products if product.parent and product.id not in taken]
        plain = [product for product in products if not product.parent and product.id not in taken]
        chance.shuffle(plain)
        self.pools: dict[str, list[Product]] = {"american": [], "numbered": [], "both": [], "one": []}
        for product in plain:
            self.pools[_pool(product)].append(product)

    def take(self, pool: str = "both") -> Product:
        """The next product of a pool; it is in no other offer."""
        if not self.pools[pool]:
            raise LookupError("too few products for every kind of dirt; ask for more of them")
        return self.pools[pool].pop()


def _pool(product: Product) -> str:
    if not (product.sku and product.ean):
        return "one"
    if product.ean.startswith("0"):
        return "american"
    return "numbered" if product.sku.isdigit() else "both"


def offers(products: Sequence[Product], chance: random.Random) -> list[Offer]:
    """About as many as products and a fifth more, in an order that says nothing."""
    maker = _Maker(products, chance)
    made = [*_of_combinations(maker), *_of_shared_eans(maker), *_of_twins(maker)]
    few = max(2, len(products) // 200)
    for _ in range(few):
        made += _dirty(maker)
    made += [_clean(product, chance) for pool in maker.pools.values() for product in pool]
    made += _strangers(len(products), len(products) * 6 // 5 - len(made), maker)
    chance.shuffle(made)
    return made


def _clean(product: Product, chance: random.Random) -> Offer:
    sku, ean = product.sku or "", product.ean or ""
    kind = chance.choice(("both keys", "both keys", "SKU alone", "EAN alone", "other case and spaces"))
    if not ean or kind == "SKU alone":
        return Offer("SKU alone", product.id, sku, "", product.name)
    if kind == "EAN alone":
        return Offer(kind, product.id, "", ean, product.name)
    if kind == "other case and spaces":
        return Offer(kind, product.id, f"  {sku.lower()}\u00a0", ean if chance.random() < 0.5 else "", product.name)
    return Offer(kind, product.id, sku, ean, product.name)


def _dirty(maker: _Maker) -> Iterator[Offer]:
    """One round of every kind of dirt that is about plain products."""
    one = maker.take()
    wide = str(one.sku).translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)})
    yield Offer("full-width characters", one.id, wide, "", one.name)
    one = maker.take("american")
    yield Offer("EAN without its leading zero", one.id, "", str(one.ean)[1:], one.name)
    one = maker.take()
    yield Offer("EAN spoilt by a spreadsheet", one.id, str(one.sku), f"{float(str(one.ean)):.5E}", one.name)
    one = maker.take()
    wrong = str(one.ean)[:-1] + str((int(str(one.ean)[-1]) + 5) % 10)
    yield Offer("EAN with a wrong digit", one.id, str(one.sku), wrong, one.name)
    one = maker.take("numbered")
    yield Offer("SKU without its zeros, EAN right", one.id, str(one.sku).lstrip("0"), str(one.ean), one.name)
    one = maker.take("numbered")
    yield Offer("SKU without its zeros, no EAN", one.id, str(one.sku).lstrip("0"), "", one.name)
    one, other = maker.take(), maker.take()
    yield Offer("SKUs of two products swapped", one.id, str(other.sku), str(one.ean), one.name)
    yield Offer("SKUs of two products swapped", other.id, str(one.sku), str(other.ean), other.name)
    one, other = maker.take(), maker.take()
    yield Offer("EAN of another product", one.id, str(one.sku), str(other.ean), one.name)
    one = maker.take()
    yield Offer("the same product twice", one.id, str(one.sku), "", one.name)
    yield Offer("the same product twice", one.id, "", str(one.ean), one.name)
    one = maker.take()
    yield Offer("the piece of that pack", one.id, str(one.sku), str(one.ean), one.name)
    yield Offer("a pack with the EAN of its piece", None, f"{one.sku} X10", str(one.ean), f"{one.name} 10 szt.")


def _of_combinations(maker: _Maker) -> Iterator[Offer]:
    for product in maker.combinations:
        parent, ean = maker.by_id[product.parent or 0], str(product.ean)
        if product.sku:
            own = maker.chance.random() < 0.5
            yield Offer("combination by its own reference", product.id, product.sku, "" if own else ean, product.name)
        elif maker.chance.random() < 0.5:
            kind = "combination by its product's reference and EAN"
            yield Offer(kind, product.id, str(parent.sku), ean, product.name)
        else:
            yield Offer("combination by EAN alone", product.id, "", ean, product.name)


def _of_shared_eans(maker: _Maker) -> Iterator[Offer]:
    for number, group in enumerate(maker.shared):
        one = group[0]
        if number % 2:
            yield Offer("EAN of several products, SKU right", one.id, str(one.sku), str(one.ean), one.name)
        else:
            yield Offer("EAN of several products, no SKU", one.id, "", str(one.ean), one.name)


def _of_twins(maker: _Maker) -> Iterator[Offer]:
    for one in maker.twins:
        other = maker.by_id.get(one.id + 1)
        if other and one.ean and other.ean:
            kind = "SKU without its zeros, which is another product's"
            yield Offer(kind, one.id, str(one.sku).lstrip("0"), one.ean, one.name)
            yield Offer("that other product", other.id, str(other.sku), other.ean, other.name)


def _strangers(products: int, count: int, maker: _Maker) -> Iterator[Offer]:
    for number in range(max(count, 2)):
        place = products + 1_000 + number
        sku, name = f"{''.join(maker.chance.choices(LETTERS, k=3))}-{place}", f"Obcy {place}"
        if number % 4:
            yield Offer("not sold by the shop", None, sku, gtin13(place), name)
        else:
            near = maker.by_id[maker.chance.randrange(1, products + 1)]
            kind = "not sold by the shop, nearly the same codes"
            yield Offer(kind, None, f"{near.sku or near.ean}-B", gtin13(place), near.name)


def lay(products: int, folder: Path, seed: int = 20_260_101) -> Labelled:
    """Make both, and write the files; the same seed makes the same ones."""
    chance = random.Random(seed)  # noqa: S311  (made-up data)
    folder.mkdir(parents=True, exist_ok=True)
    made = catalogue(products, chance)
    asked = offers(made, chance)
    with (folder / "feed.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(("kod", "indeks", "ean", "stan", "nazwa"))
        writer.writerows((f"S{n}", offer.sku, offer.ean, 30, offer.name) for n, offer in enumerate(asked, 1))
    products_columns = "id BIGINT, sku VARCHAR, ean VARCHAR, name VARCHAR"
    _parquet(folder / "products.csv", products_columns, ((p.id, p.sku, p.ean, p.name) for p in made))
    items = ((SHOP, product.id, product.item) for product in made)
    columns = "integration_id BIGINT, product_id BIGINT, external_product_id VARCHAR"
    _parquet(folder / "shop_links.csv", columns, items)
    columns = "supplier_sku VARCHAR, kind VARCHAR, product_id BIGINT"
    answers = ((f"S{n}", offer.kind, offer.product_id) for n, offer in enumerate(asked, 1))
    return Labelled(folder, folder / "feed.csv", _parquet(folder / "answers.csv", columns, answers))


def _parquet(file: Path, columns: str, rows: Iterable[Sequence[object]]) -> Path:
    """Write rows as Parquet, by way of a CSV file that is gone afterwards."""
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(["" if value is None else value for value in row] for row in rows)
    path = file.with_suffix(".parquet")
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE t ({columns})")
        rows = "SELECT * FROM read_csv($file, header = false, all_varchar = true)"
        connection.execute(f"INSERT INTO t {rows}", {"file": str(file)})
        connection.table("t").write_parquet(str(path))
    file.unlink()
    return path
