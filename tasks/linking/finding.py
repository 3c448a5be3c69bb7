"""Which product a person means: by SKU, EAN, our number or the shop's id; of two that fit none is chosen."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import BaseModel

from tasks.duck import Desk, desk, sql_text
from tasks.errors import Refused

if TYPE_CHECKING:
    from tasks.state import StateDatabase

GRAMMAR = "`#` and our number, `sku:…`, `ean:…`, `shop:12` or `shop:12-34` (the shop's id), or any of them bare"
KINDS = {"sku": "sku", "ean": "ean", "shop": "item"}
NUMBER = re.compile(r"(?:#|id: ?)(\d{1,18})", re.IGNORECASE)
ITEM = re.compile(r"\d{1,18}(-\d{1,18})?")
GTINS = (8, 12, 13, 14)
SHOWN = 10


class Found(BaseModel):
    """A product that a text may mean; `item` is its id in the shop asked for, `why` the ways in which it fits."""

    product_id: int
    sku: str | None
    ean: str | None
    name: str | None
    item: str | None
    why: list[str]

    @property
    def shown(self) -> str:
        """The product as a message names it."""
        known = [self.sku and f"SKU {self.sku}", self.ean and f"EAN {self.ean}", self.item and f"item {self.item}"]
        codes = ", ".join(code for code in known if code)
        return f"#{self.product_id} {self.name or ''}".rstrip() + (f" ({codes})" if codes else "")


class _Meant(NamedTuple):
    """What a text may stand for; None: not this."""

    number: int | None = None
    sku: str | None = None
    ean: str | None = None
    item: str | None = None

    @classmethod
    def of(cls, text: str, shop: int | None) -> _Meant:
        """Read the text: its prefix says what it is; without one it may be a SKU, an EAN, or the shop's id."""
        if number := NUMBER.fullmatch(text):
            return cls(number=int(number[1]))
        kind, _, rest = text.partition(":")
        field, rest = KINDS.get(kind.strip().lower()), rest.strip()
        if field and rest:
            named: dict[str, Any] = {field: rest}
            return cls(**named)
        return cls(sku=text, ean=text, item=text if shop and ITEM.fullmatch(text) else None)


def find_products(state: StateDatabase, product: str, shop: int | None = None) -> list[Found]:
    """Return all products that a text fits, by id; those that it fits as it stands, else in another spelling.

    `product`: see `GRAMMAR`. `shop`: the number of a shop's integration, whose ids the text may be. A SKU is compared
    as `sku_key` of keys.sql has it, an EAN as `gtin_key`. Nothing is written.
    """
    text = product.strip()
    if not text:
        return []
    meant = _Meant.of(text, shop)
    with state.session(read_only=True) as session, desk() as table:
        values = {**meant._asdict(), "shop": shop}
        if found := _judged(table, session.execute("products_named", values), meant, spelled=False):
            return found
        if not (meant.sku or meant.ean):
            return []
        table.run("linking/keys.sql")
        rows = session.execute("products_alike", {"shop": shop, **_spellings(table, meant)})
        return _judged(table, rows, meant, spelled=True)


def find_product(state: StateDatabase, product: str, shop: int | None = None) -> Found:
    """Return the one product that a text means; Refused where it fits none, or several, which are listed."""
    found = find_products(state, product, shop)
    if len(found) == 1:
        return found[0]
    if not found:
        raise Refused(_nothing_found(product, shop))
    listed = "; ".join(f"{one.shown}: {' and '.join(one.why)}" for one in found[:SHOWN])
    more = f"; and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    raise Refused(
        f"product: expected one product, got `{product.strip()}`, which fits {len(found)}: {listed}{more}. Two"
        f" candidates are ambiguous: write the one you mean by its number, such as `#{found[0].product_id}`"
    )


def _nothing_found(product: str, shop: int | None) -> str:
    text = product.strip()
    meant = _Meant.of(text, shop)
    ways = [
        meant.number is not None and "our number",
        meant.sku is not None and "SKU",
        meant.ean is not None and "EAN",
        meant.item is not None and f"id in shop {shop}",
    ]
    looked = ", ".join(way for way in ways if way)
    if meant.item and shop is None:
        return f"product: expected a shop beside `{text}`, whose id that is; got none. Name the shop too"
    return (
        f"product: expected a product that we know, got `{text}`, which is none's {looked}. Products become known by"
        f" import-catalog. Ways to name one: {GRAMMAR}"
    )


def _judged(table: Desk, rows: list[dict[str, Any]], meant: _Meant, *, spelled: bool) -> list[Found]:
    if not rows:
        return []
    if not spelled:
        table.run("linking/keys.sql")
    values = {"rows": rows, **meant._asdict(), "spelled": spelled}
    return [Found(**row) for row in table.rows(sql_text("linking/finding.sql"), values)]


def _spellings(table: Desk, meant: _Meant) -> dict[str, str | None]:
    """What a SKU or an EAN that is the same may look like, as the database compares it."""
    (keys,) = table.rows("SELECT sku_key($sku) AS sku, gtin_key($ean) AS gtin", {"sku": meant.sku, "ean": meant.ean})
    gtin = keys["gtin"]
    forms = {f"gtin_{n}": gtin[-n:] if gtin and not gtin[:-n].strip("0") else None for n in GTINS}
    return {"pattern": _pattern(keys["sku"]), **forms}


def _pattern(sku: str | None) -> str | None:
    """A LIKE pattern for its spellings: spaces may be any, and what a database may not put in upper case."""
    if sku is None:
        return None
    other = "%" if re.search(r"[0-9A-Z]{2}", sku) else "_"  # else a million rows fit
    pattern = re.sub(r"[_%\\]", "_", sku).replace(" ", "%")
    return re.sub(r"[^!-~]", other, pattern)
