"""What is written: columns of three tables, with their statements, and how a change finds its row in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from tasks.prestashop.database.capabilities import LABELS, STOCK, TEXTS
from tasks.prestashop.database.connection import Ids
from tasks.prestashop.model import FLAG, LATER, NOW, QUANTITY, STOCK_FIELDS, Change, Field, Kind

Key = tuple[int, int]
IDS_A_STATEMENT = 900  # from 1,000 on MariaDB makes a subquery of the list, and may then lock whole indexes


def in_chunks(ids: Sequence[int]) -> Iterator[Ids]:
    """Cut ids into lists that one statement may take."""
    for start in range(0, len(ids), IDS_A_STATEMENT):
        yield Ids(ids[start : start + IDS_A_STATEMENT])


class Rows(Protocol):
    """The rows of a table that is written; `kind` is the last word of its statements' names."""

    kind: Kind
    table: str
    guard: str

    def takes(self, change: Change) -> bool:
        """Tell whether the change's value lives in this table."""

    def id(self, change: Change) -> int:
        """Return the id by which rows are asked for."""

    def key(self, change: Change) -> Key:
        """Return what makes the change's row one."""

    def keys(self, id_lang: int, items: str) -> Iterator[tuple[Key, int]]:
        """Return key and handle (what an UPDATE names the row by) of the rows in a `held` result's list."""


class Texts:
    """`product_lang`: texts of products."""

    kind: Kind = "texts"
    table, guard = TEXTS, "guard_text"

    def takes(self, change: Change) -> bool:
        return change.field not in STOCK_FIELDS and not change.id_product_attribute

    def id(self, change: Change) -> int:
        return change.id_product

    def key(self, change: Change) -> Key:
        return change.id_product, change.id_lang or 0

    def keys(self, id_lang: int, items: str) -> Iterator[tuple[Key, int]]:
        for handle in map(int, items.split(",")):
            yield (handle, id_lang), handle


class Labels(Texts):
    """`product_attribute_lang`: texts of combinations, the same in every shop of an installation."""

    kind: Kind = "labels"
    table, guard = LABELS, "guard_text"

    def takes(self, change: Change) -> bool:
        return change.field not in STOCK_FIELDS and bool(change.id_product_attribute)

    def id(self, change: Change) -> int:
        return change.id_product_attribute

    def key(self, change: Change) -> Key:
        return change.id_product_attribute, change.id_lang or 0


class Stock:
    """`stock_available`: flags and quantities of products and combinations, in the shop's stock scope."""

    kind: Kind = "stock"
    table, guard = STOCK, "guard_stock"

    def takes(self, change: Change) -> bool:
        return change.field in STOCK_FIELDS

    def id(self, change: Change) -> int:
        return change.id_product

    def key(self, change: Change) -> Key:
        return change.id_product, change.id_product_attribute

    def keys(self, id_lang: int, items: str) -> Iterator[tuple[Key, int]]:  # noqa: ARG002  (stock has no language)
        for item in items.split(","):
            id_product, id_product_attribute, handle = item.split(":")
            yield (int(id_product), int(id_product_attribute)), int(handle)


@dataclass(frozen=True)
class Target:
    """A column that is written. `written`: the last word of the statements that write it."""

    rows: Rows
    column: Field
    written: str

    def takes(self, change: Change) -> bool:
        """Tell whether the change is one of this column."""
        return change.field == self.column and self.rows.takes(change)

    @property
    def name(self) -> str:
        """Table and column, as a person would write it."""
        return f"{self.rows.table}.{self.column}"


def targets_of(*, physical_quantity: bool) -> list[list[Target]]:
    """Return what is written, table by table in their order: the stock rows, for which customers wait, come last.

    `physical_quantity`: as in `ShopInfo`.
    """
    stock, quantities = Stock(), "quantities" if physical_quantity else "stock"
    return [
        *([Target(rows, NOW, rows.kind), Target(rows, LATER, rows.kind)] for rows in (Texts(), Labels())),
        [Target(stock, QUANTITY, quantities), Target(stock, FLAG, stock.kind)],
    ]
