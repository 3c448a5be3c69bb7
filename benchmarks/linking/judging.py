"""What came of the labelled offers: by kind of dirt, and every wrong link by name."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from benchmarks.linking.labelled import EXPECTED, Labelled
from blocks import SupplierFeed
from tasks.duck import desk
from tasks.feeds.offers.read import read_feed
from tasks.linking.supplier import Keys, Matched, match_offers

MAPPING = {"supplier_sku": "kod", "sku": "indeks", "ean": "ean", "stock_quantity": "stan", "name": "nazwa"}
RESULTS = Path(__file__).with_name("results.sql")


class Kind(NamedTuple):
    """Offers of one kind of dirt: how many, and what came of them."""

    kind: str
    offers: int
    right: int
    wrong: int
    open: int
    none: int

    @property
    def as_expected(self) -> bool:
        """Whether all of them came out as this kind has to."""
        return self.offers == {"linked": self.right, "open": self.open, "none": self.none}[EXPECTED[self.kind]]


class Wrong(NamedTuple):
    """An offer that was linked with what it is not."""

    kind: str
    sku: str | None
    ean: str | None
    name: str | None
    method: str
    linked: str | None
    really: str | None


class Judged(NamedTuple):
    """All of it; `precision` of the links that were made, `recall` of the offers that the shop sells."""

    kinds: list[Kind]
    wrong: list[Wrong]
    matched: Matched

    @property
    def precision(self) -> float:
        right, wrong = (sum(getattr(kind, name) for kind in self.kinds) for name in ("right", "wrong"))
        return float(right / (right + wrong))

    def recall(self, *, decidable: bool) -> float:
        """Right links among all offers of the shop's products, or among those whose keys can tell."""
        kinds = [kind for kind in self.kinds if EXPECTED[kind.kind] == "linked"] if decidable else self.kinds
        sold = sum(kind.offers for kind in kinds) - sum(kind.offers for kind in kinds if kind.kind in NOT_SOLD)
        return float(sum(kind.right for kind in kinds) / sold)


NOT_SOLD = {"not sold by the shop", "not sold by the shop, nearly the same codes", "a pack with the EAN of its piece"}


def read_offers(made: Labelled) -> Path:
    """Read the supplier's file as an import does."""
    feed = SupplierFeed(integration_id=6, source=str(made.feed), mapping=MAPPING, gate={"max_rejected_share": 1})
    return read_feed(feed, made.feed, made.folder).offers


def judge(made: Labelled, offers: Path) -> Judged:
    """Match as an import does, with no link made before, and compare with the answers."""
    matched = match_offers(offers, Keys(), made.folder)
    with desk() as table:
        table.show(
            answers=made.answers,
            offers=offers,
            matched=matched.matched,
            unmatched=matched.unmatched,
            products=made.folder / "products.parquet",
        )
        table.connection.execute(RESULTS.read_text(encoding="utf-8"))
        kinds = [Kind(**row) for row in table.rows("FROM kinds")]
        wrong = [Wrong(**row) for row in table.rows("FROM wrong_links")]
    return Judged(sorted(kinds, key=lambda kind: list(EXPECTED).index(kind.kind)), wrong, matched)
