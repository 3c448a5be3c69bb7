"""The three tables that are written: their statements, and how a change finds its row in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from tasks.prestashop.capabilities import FLAGS, LABELS, TEXTS
from tasks.prestashop.connection import Ids
from tasks.prestashop.model import FLAG, Change

Key = tuple[int, int]
IDS_A_STATEMENT = 900  # from 1,000 on MariaDB makes a subquery of the list, and may then lock whole indexes


def in_chunks(ids: Sequence[int]) -> Iterator[Ids]:
    """Cut ids into lists that one statement may take."""
    for start in range(0, len(ids), IDS_A_STATEMENT):
        yield Ids(ids[start : start + IDS_A_STATEMENT])


class Target(Protocol):
    """A table with its statements: `held` reads (and locks), `write`, `guard` (one more condition), `count`."""

    table: str
    held: str
    write: str
    guard: str
    count: str

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

    table, held, write, guard, count = TEXTS, "held_texts", "write_texts", "guard_text", "count_texts"

    def takes(self, change: Change) -> bool:
        return change.field != FLAG and not change.id_product_attribute

    def id(self, change: Change) -> int:
        return change.id_product

    def key(self, change: Change) -> Key:
        return change.id_product, change.id_lang or 0

    def keys(self, id_lang: int, items: str) -> Iterator[tuple[Key, int]]:
        for handle in map(int, items.split(",")):
            yield (handle, id_lang), handle


class Labels(Texts):
    """`product_attribute_lang`: texts of combinations, the same in every shop of an installation."""

    table, held, write, guard, count = LABELS, "held_labels", "write_labels", "guard_text", "count_labels"

    def takes(self, change: Change) -> bool:
        return change.field != FLAG and bool(change.id_product_attribute)

    def id(self, change: Change) -> int:
        return change.id_product_attribute

    def key(self, change: Change) -> Key:
        return change.id_product_attribute, change.id_lang or 0


class Flags:
    """`stock_available`: the flags of products and combinations, in the shop's stock scope."""

    table, held, write, guard, count = FLAGS, "held_flags", "write_flags", "guard_flag", "count_flags"

    def takes(self, change: Change) -> bool:
        return change.field == FLAG

    def id(self, change: Change) -> int:
        return change.id_product

    def key(self, change: Change) -> Key:
        return change.id_product, change.id_product_attribute

    def keys(self, id_lang: int, items: str) -> Iterator[tuple[Key, int]]:  # noqa: ARG002  (a flag has no language)
        for item in items.split(","):
            id_product, id_product_attribute, handle = item.split(":")
            yield (int(id_product), int(id_product_attribute)), int(handle)


# in the order they are written: the stock rows, for which customers wait, last and shortest
TARGETS: tuple[Target, ...] = (Texts(), Labels(), Flags())
