"""A change set, window by window: the lease is looked at before each, the outcomes are handed over after each."""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tasks.duck import Desk, desk
from tasks.prestashop.model import Change, Outcome, Shop

WINDOW_PRODUCTS = 2_000
FETCHED_AT_ONCE = 10_000


def apply_changes(
    shop: Shop,
    changes: Path,
    on_window: Callable[[list[Outcome]], None],
    before_window: Callable[[], None],
    window: int = WINDOW_PRODUCTS,
) -> dict[str, int]:
    """Apply a change set (Parquet: id_product, id_product_attribute, id_lang, field, before, after) in id order.

    `window`: products a transaction; one product is never split. `before_window` raises to stop (a lost lease);
    `on_window` gets each window's outcomes after its commit. Returns how many changes had which outcome.
    """
    counts: Counter[str] = Counter()
    with desk() as at:
        at.load(changes=changes)
        at.run("prestashop/desk/changes.sql")
        with _older_objects_aside():
            for part in _windows(_changes(at), window):
                before_window()
                outcomes = shop.apply_window(part)
                counts.update(outcome.outcome for outcome in outcomes)
                on_window(outcomes)
    return dict(counts)


@contextmanager
def _older_objects_aside() -> Iterator[None]:
    """Keep the garbage collector off what was there before: walking through all of it took half of the time."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def _changes(at: Desk) -> Iterator[Change]:
    cursor = at.connection.execute("FROM ordered_changes")
    while rows := cursor.fetchmany(FETCHED_AT_ONCE):
        yield from map(Change._make, rows)


def _windows(changes: Iterator[Change], products: int) -> Iterator[list[Change]]:
    """Cut ordered changes after every so many products."""
    part: list[Change] = []
    seen = 0
    for change in changes:
        if not part or change.id_product != part[-1].id_product:
            if seen == products:
                yield part
                part, seen = [], 0
            seen += 1
        part.append(change)
    if part:
        yield part
