"""A change set into the shop and into our record of it, window by window, and what came of it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel

from tasks.duck import Desk, desk
from tasks.prestashop.model import Outcome, Shop
from tasks.prestashop.record import Done, Recorder, Writing
from tasks.prestashop.table_file import load_rows, write_rows
from tasks.prestashop.windows import Window, apply_changes
from tasks.state import StateDatabase

EXAMPLES = 20
MOST_BEHIND = 5  # windows

logger = logging.getLogger(__name__)


class Applied(BaseModel):
    """What came of a change set: products, rows written, the file of all outcomes, and examples of what was not."""

    outcomes: Path
    written: int
    left: int
    failed: int
    rows_written: int
    examples: list[dict[str, Any]]


def apply_change_set(
    shop: Shop, state: StateDatabase, changes: Path, writing: Writing, before_window: Callable[[], None]
) -> Applied:
    """Apply a change set and record its windows after they were read back; repeating it changes nothing.

    A thread records while the shop takes the next window: two servers work at a time. `before_window` raises where this
    run may not write any more. Errors: those of `apply_changes`, and of our database.
    """
    path = writing.folder / "outcomes.csv"
    with desk() as table, path.open("w", encoding="utf-8", newline="") as file:
        table.load(changes=changes)
        recorder = Recorder(state, table, writing)
        recorder.begin()
        with _Behind(recorder) as behind:

            def on_window(window: Window, told: list[Outcome]) -> None:
                behind.take(Done(window.first, window.last, told))
                write_rows(file, told)

            apply_changes(shop, changes, on_window, before_window)
        recorder.end()
        file.flush()
        load_rows(table, "told", Outcome._fields, path)
        table.run("prestashop/desk/outcomes.sql")
        return _applied(table, table.save("outcomes", writing.folder / "outcomes.parquet"))


class _Behind:
    """Records behind the writer: all that is done by the time the thread is free, never more than MOST_BEHIND late."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="record")
        self._recording: Future[None] = self._thread.submit(recorder.read_links)
        self._waiting: list[Done] = []

    def take(self, done: Done) -> None:
        """Take a window that stands in the shop; raises what recording an earlier one raised."""
        self._waiting.append(done)
        if self._recording.done() or len(self._waiting) > MOST_BEHIND:
            self._go_on()

    def _go_on(self) -> None:
        self._recording.result()
        if self._waiting:
            self._recording = self._thread.submit(self._recorder.windows, self._waiting)
            self._waiting = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, failed: type[BaseException] | None, *_: object) -> None:
        """Record what is left, also where the writer failed: it stands in the shop."""
        try:
            self._go_on()
            self._recording.result()
        except Exception:
            if not failed:
                raise
            logger.exception("what was written last could not be recorded; the next run takes it from the archive")
        finally:
            self._thread.shutdown()


def _applied(table: Desk, outcomes: Path) -> Applied:
    table.run("prestashop/desk/applied.sql")
    counts = {row["result"]: row["products"] for row in table.rows("FROM applied")}
    return Applied(
        outcomes=outcomes,
        written=counts.get("written", 0),
        left=counts.get("left", 0),
        failed=counts.get("failed", 0),
        rows_written=table.count("outcomes", "outcome = 'written'"),
        examples=table.rows(
            "SELECT id_product AS product, id_product_attribute AS combination, id_lang AS language, field, outcome,"
            " found, message FROM outcomes WHERE outcome IN ('left', 'failed') ORDER BY ALL LIMIT $most",
            {"most": EXAMPLES},
        ),
    )
