"""Rows of a PrestaShop shop's tables for each product of the synthetic catalogue."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from demo.catalogue import Item, Kind, Sold
from demo.words import LATER_BY_HAND, LATER_UNMANAGED, MANUFACTURERS, NOW_BY_HAND

ID_SHOP = 1
ID_SHOP_GROUP = 1
SINCE = "2024-02-29 12:00:00"
FUTURE = "2035-06-01"
Row = tuple[Any, ...]

COLUMNS = {  # table -> columns, in the order of the rows below
    "product": "id_product id_supplier id_manufacturer id_category_default id_tax_rules_group ean13 reference"
    " supplier_reference price active available_date cache_is_pack is_virtual cache_default_attribute date_add"
    " date_upd product_type",
    "product_shop": "id_product id_shop id_category_default id_tax_rules_group price active available_date"
    " cache_default_attribute date_add date_upd",
    "product_lang": "id_product id_shop id_lang link_rewrite name available_now available_later",
    "product_attribute": "id_product_attribute id_product reference ean13 default_on",
    "product_attribute_shop": "id_product id_product_attribute id_shop default_on",
    "product_attribute_lang": "id_product_attribute id_lang available_now available_later",
    "product_attribute_combination": "id_attribute id_product_attribute",
    "stock_available": "id_product id_product_attribute id_shop id_shop_group quantity depends_on_stock out_of_stock",
    "product_supplier": "id_product id_product_attribute id_supplier product_supplier_reference"
    " product_supplier_price_te id_currency",
    "pack": "id_product_pack id_product_item id_product_attribute_item quantity",
}


@dataclass(frozen=True)
class Shape:
    """What the shop is like: its languages (iso_code by id_lang), its stock scope, whether dates may be NULL."""

    languages: dict[int, str]
    share_stock: bool
    null_dates: bool

    @property
    def scope(self) -> tuple[int, int]:
        """The (id_shop, id_shop_group) of the stock rows that count."""
        return (0, ID_SHOP_GROUP) if self.share_stock else (ID_SHOP, 0)

    @property
    def other_scope(self) -> tuple[int, int]:
        """The (id_shop, id_shop_group) of leftovers that the shop ignores."""
        return (ID_SHOP, 0) if self.share_stock else (0, ID_SHOP_GROUP)


class ShopRows:
    """Turns products into rows; numbers their combinations on the way."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self._attribute_ids = count(1)

    def of(self, item: Item) -> Iterator[tuple[str, Row]]:
        """Yield (table, row) for all rows of a product."""
        combinations = [(next(self._attribute_ids), sold) for sold in item.combinations]
        yield from self._product(item, combinations[0][0] if combinations else 0)
        yield from self._texts(item)
        for place, (id_attribute, sold) in enumerate(combinations):
            yield from self._combination(item, id_attribute, place, sold)
        yield from self._stock(item, combinations)
        yield from self._suppliers(item, combinations)
        if item.kind is Kind.PACK:
            yield "pack", (item.id_product, 1, 0, 1)
            yield "pack", (item.id_product, 2, 0, 2)

    def _product(self, item: Item, default_attribute: int) -> Iterator[tuple[str, Row]]:
        itself, when = item.itself, self._date(item)
        id_supplier = next(_suppliers_of(item.offered), 0)
        supplier_reference = itself.reference if id_supplier else ""
        ids = (item.id_product, id_supplier, item.manufacturer + 1, 2, 1)
        codes = (itself.ean, itself.reference, supplier_reference)
        kinds = (item.kind is Kind.PACK, item.kind is Kind.VIRTUAL, default_attribute)
        yield "product", (*ids, *codes, item.price, item.active, when, *kinds, SINCE, SINCE, _product_type(item))
        shop = (item.id_product, ID_SHOP, 2, 1, item.price, item.active, when, default_attribute, SINCE, SINCE)
        yield "product_shop", shop

    def _date(self, item: Item) -> str | None:
        if item.kind is Kind.FUTURE:
            return FUTURE
        return None if self.shape.null_dates and item.chance * 10 % 1 < 0.5 else "0000-00-00"

    def _texts(self, item: Item) -> Iterator[tuple[str, Row]]:
        for id_lang, iso_code in self.shape.languages.items():
            name = item.name_pl if iso_code == "pl" else item.name_en
            now, later = _texts_by_hand(item, iso_code)
            rewrite = f"product-{item.id_product}"
            yield "product_lang", (item.id_product, ID_SHOP, id_lang, rewrite, name, now, later)

    def _combination(self, item: Item, id_attribute: int, place: int, sold: Sold) -> Iterator[tuple[str, Row]]:
        default_on = 1 if place == 0 else None
        yield "product_attribute", (id_attribute, item.id_product, sold.reference, sold.ean, default_on)
        yield "product_attribute_shop", (item.id_product, id_attribute, ID_SHOP, default_on)
        yield "product_attribute_combination", (place + 1, id_attribute)
        for id_lang in self.shape.languages:
            text = "" if item.chance < 0.7 else None
            yield "product_attribute_lang", (id_attribute, id_lang, text, text)

    def _stock(self, item: Item, combinations: Sequence[tuple[int, Sold]]) -> Iterator[tuple[str, Row]]:
        flag, depends = _flag(item), item.kind is Kind.WAREHOUSE
        total = sum(sold.quantity for _, sold in combinations) if combinations else item.itself.quantity
        rows = [(0, total), *((id_attribute, sold.quantity) for id_attribute, sold in combinations)]
        for id_attribute, quantity in rows:
            yield "stock_available", (item.id_product, id_attribute, *self.shape.scope, quantity, depends, flag)
            if item.chance < 0.01:
                yield "stock_available", (item.id_product, id_attribute, *self.shape.other_scope, 77, False, 0)

    def _suppliers(self, item: Item, combinations: Sequence[tuple[int, Sold]]) -> Iterator[tuple[str, Row]]:
        listed = combinations if item.kind is Kind.OWN_REFERENCES else [(0, item.itself)]
        for id_attribute, sold in listed:
            for id_supplier in _suppliers_of([sold]):
                price = round(item.price * 0.6, 2)
                yield "product_supplier", (item.id_product, id_attribute, id_supplier, sold.reference, price, 1)


def _suppliers_of(offered: Sequence[Sold]) -> Iterator[int]:
    if any(sold.in_acme for sold in offered):
        yield 1
    if any(sold.in_baltic for sold in offered):
        yield 2


def _product_type(item: Item) -> str:
    if item.combinations:
        return "combinations"
    return item.kind.value if item.kind in {Kind.PACK, Kind.VIRTUAL} else "standard"


def _flag(item: Item) -> int:
    """Nine of ten follow the shop's setting (2), as PrestaShop makes them; the others were switched by hand."""
    if not item.managed or item.chance * 100 % 1 < 0.9:
        return 2
    return int(item.chance * 1000) % 2


def _texts_by_hand(item: Item, iso_code: str) -> tuple[str | None, str | None]:
    """What stands in available_now and available_later before any sync."""
    if not item.managed and (item.chance < 0.5 or item.id_product <= 30):
        return "", LATER_UNMANAGED.get(iso_code, "")
    if item.chance < 0.6:
        return "", ""
    if item.chance < 0.85:
        return None, None
    if item.chance < 0.95:
        return NOW_BY_HAND.get(iso_code, ""), ""
    return "", LATER_BY_HAND.get(iso_code, "")


MANUFACTURER_ROWS = [(place, name, SINCE, SINCE, 1) for place, (_, name) in enumerate(MANUFACTURERS, start=1)]
