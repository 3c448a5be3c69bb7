"""A change set, window by window: the lease is looked at before each, what came of it is handed over after each."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from tasks.duck import Desk, desk, sql_text
from tasks.prestashop.model import Change, Outcome, Part, Shop, Together

OnWindow = Callable[["Window", list[Outcome]], None]
"""Gets each window after its commit, with what came of the changes that were not simply written as planned."""


class Window:
    """The changes of some products, `first` to `last`, in whichever form a shop takes them."""

    def __init__(self, at: Desk, first: int, last: int) -> None:
        self.first = first
        self.last = last
        self._desk = at

    def changes(self) -> list[Change]:
        """One by one, in the order of their keys."""
        rows = self._desk.connection.execute(
            "FROM ordered_changes WHERE id_product BETWEEN $first AND $last",
            {"first": self.first, "last": self.last},
        )
        return list(map(Change._make, rows.fetchall()))

    def together(self) -> Together:
        """All those of a column as one JSON array; see together.sql."""
        span = {"first": self.first, "last": self.last}
        # a connection of its own: it is asked while the window before it is written
        with self._desk.second_connection() as connection:
            rows = connection.execute(sql_text("prestashop/desk/together.sql"), span).fetchall()
        return Together(self.first, self.last, {(kind, field): Part(*values) for kind, field, *values in rows})


def apply_changes(
    shop: Shop,
    changes: Path,
    on_window: OnWindow,
    before_window: Callable[[], None],
    window: int | None = None,
) -> None:
    """Apply a change set (Parquet: id_product, id_product_attribute, id_lang, field, before, after) in id order.

    `window`: products that are applied before the next look at the lease, None for as many as suit the shop; one
    product is never split. `before_window` raises to stop (a lost lease).
    A window is written together where the shop takes it so and all of its rows hold `before`, else judged row by row.
    Errors: Refused (a change that the shop can't hold: nothing at all is written), those of the shop.
    """
    with desk() as at:
        at.show(changes=changes)
        at.run("prestashop/desk/changes.sql", {"window": window or shop.window_products})
        shop.refuse_unwritable([Change(**row) for row in at.rows("FROM kinds_of_change")])
        at_once = shop.apply_together
        if at_once is None:
            for part in _windows(at):
                before_window()
                on_window(part, _one_by_one(shop, part))
            return
        for part, together in _prepared(_windows(at)):
            before_window()
            on_window(part, [] if at_once(together) else _one_by_one(shop, part))


def _prepared(windows: Iterable[Window]) -> Iterator[tuple[Window, Together]]:
    """Windows in the form that is written at once, made while the shop takes the window before."""
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="window") as pool:
        ahead: deque[tuple[Window, Future[Together]]] = deque()
        for part in windows:
            ahead.append((part, pool.submit(part.together)))
            if len(ahead) > 1:
                window, made = ahead.popleft()
                yield window, made.result()
        for window, made in ahead:
            yield window, made.result()


def _one_by_one(shop: Shop, part: Window) -> list[Outcome]:
    return [outcome for outcome in shop.apply_window(part.changes()) if outcome.outcome != "written"]


def _windows(at: Desk) -> Iterator[Window]:
    for first, last in at.connection.execute("SELECT first, last FROM windows ORDER BY first").fetchall():
        yield Window(at, first, last)
