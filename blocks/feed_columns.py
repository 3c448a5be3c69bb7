"""What the columns of a supplier's file mean, and what its words and codes do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from blocks.feed_part import COLUMNS, FeedPart


class FeedMapping(BaseModel):
    """Which column (CSV, XLSX) or path inside a record (XML, JSON: `codes/ean`, `@id`) holds what.

    `a | b`: the first of them that holds something. What a feed leaves empty its preset may fill.
    """

    model_config = ConfigDict(title="Columns", extra="forbid", str_strip_whitespace=True, hide_input_in_errors=True)

    sku: str | None = Field(None, title="SKU", description="Your product's reference, as the supplier knows it.")
    ean: str | None = Field(None, title="EAN", description="The barcode (EAN, GTIN, UPC).")
    stock_quantity: str | None = Field(None, title="Stock", description="Pieces the supplier has.")
    is_available: str | None = Field(
        None, title="Available yes/no", description="Instead of, or beside, the stock: tak/nie, yes/no, 1/0."
    )
    delivery_days: str | None = Field(
        None, title="Delivery days", description="Days until the goods ship: `3`, `1-3`, `24h` or a date."
    )
    purchase_price: str | None = Field(None, title="Purchase price", description="Your price at this supplier.")
    supplier_sku: str | None = Field(None, title="Supplier's code", description="The supplier's own item code.")
    available_later: str | None = Field(
        None,
        title="Supplier's text",
        description="The supplier's own text on when the goods will be available.",
    )
    name: str | None = Field(None, title="Name", description="Product name; shown in reports only.")
    contractor: str | None = Field(
        None, title="Contractor", description="Whose goods the row is about, where one file holds several contractors'."
    )

    def lacking(
        self, part: FeedPart | None = None, *, has_warehouses: bool = False, known_by: str | None = None
    ) -> str | None:
        """What is missing for offers, or for what a part of a feed says of them; None if nothing is.

        `known_by`: the supplier's name in the shop, which then knows the supplier's codes.
        """
        part = part or FeedPart()
        if not (self.sku or self.ean) and part.says("codes") and not (known_by and self.supplier_sku):
            return "mapping: expected a column for `sku` or for `ean`, got neither"
        if not (self.sku or self.ean or self.supplier_sku):
            return "mapping: expected a column for `supplier_sku`, `sku` or `ean`, by which items meet; got none"
        if not (self.stock_quantity or self.is_available or has_warehouses) and part.says("stock"):
            return "mapping: expected a column for `stock_quantity` or `is_available`, got neither"
        for what in part.provides:
            has_it = any(getattr(self, column) for column in COLUMNS[what])
            if not has_it and not (has_warehouses and what in {"stock", "delivery"}):
                names = " or ".join(f"`{column}`" for column in COLUMNS[what])
                return f"mapping: expected a column for {names}, as this part says `{what}`; got none"
        return None

    def columns(self) -> dict[str, str]:
        """Target field -> column or path, for the fields that are mapped."""
        return {name: value for name, value in self.model_dump().items() if value}


class Meaning(BaseModel):
    """What a supplier's own word or number means, in words that are known: `90` -> `na zamówienie`."""

    model_config = ConfigDict(title="Meaning", extra="forbid", str_strip_whitespace=True, hide_input_in_errors=True)

    field: Literal["stock_quantity", "is_available", "delivery_days", "purchase_price", "ean", "sku"] = Field(
        title="Field", description="In which of the mapped columns."
    )
    text: str = Field(
        min_length=1,
        title="The supplier writes",
        description="The whole text, in small or capital letters; `*` is any other text.",
    )
    means: str = Field("", title="It means", description="For example `tak`, `brak`, `20`; empty: nothing was said.")


class Warehouse(BaseModel):
    """One of several columns with stock, and how long the goods take from there."""

    model_config = ConfigDict(title="Warehouse", extra="forbid", str_strip_whitespace=True, hide_input_in_errors=True)

    column: str = Field(min_length=1, title="Column", description="Column or path with the pieces it has.")
    delivery_days: int = Field(ge=0, le=365, title="Delivery days", description="Days until goods ship from there.")


class Contractor(BaseModel):
    """Which contractor a word of the supplier's file means."""

    model_config = ConfigDict(title="Contractor", extra="forbid", str_strip_whitespace=True, hide_input_in_errors=True)

    text: str = Field(
        min_length=1,
        title="The supplier writes",
        description="The whole text, in small or capital letters; `*` is any other text.",
    )
    contractor_id: int = Field(gt=0, title="Contractor number", description="The number among your contractors.")


class SkuCodes(BaseModel):
    """How the supplier's SKUs differ from the shop's references; for comparing only, nothing is stored so."""

    model_config = ConfigDict(title="SKU rules", extra="forbid", str_strip_whitespace=True, hide_input_in_errors=True)

    remove_prefix: str = Field(
        "",
        title="Supplier puts in front",
        description="`ACM-` where `ACM-123` is your `123`.",
    )
    remove_suffix: str = Field(
        "",
        title="Supplier puts at the end",
        description="`/PL` where `123/PL` is your `123`.",
    )
    add_prefix: str = Field("", title="You put in front", description="`HURT-` where `123` is your `HURT-123`.")
    add_suffix: str = Field("", title="You put at the end", description="`-A` where `123` is your `123-A`.")


def repeated(texts: Iterable[str]) -> str:
    """Texts that are there several times, in small or capital letters, as a list to read."""
    counts = Counter(" ".join(text.casefold().split()) for text in texts)
    return ", ".join(text for text, count in counts.items() if count > 1)
