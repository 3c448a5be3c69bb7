"""A change set into the shop and into our record of it, window by window, and what came of it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from queue import Empty, Full, Queue
from typing import Any, Self

from pydantic import BaseModel

from tasks.duck import desk
from tasks.prestashop.model import Outcome, Shop
from tasks.prestashop.record import Done, Recorder, Writing
from tasks.prestashop.table_file import load_rows, write_rows
from tasks.prestashop.windows import Window, apply_changes
from tasks.state import StateDatabase

EXAMPLES = 20
MOST_BEHIND = 5  # windows
LOOK_SECONDS = 0.5  # how often a writer that waits looks whether the thread lives

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
            file.flush()
            applied = _applied(
                changes, path, writing.folder / "outcomes.parquet"
            )  # the last windows are recorded meanwhile
        recorder.end()
        return applied


class _Behind:
    """Records behind the writer, in a thread: whatever is done when it is free, at most MOST_BEHIND windows late."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._done: Queue[Done | None] = Queue(MOST_BEHIND)
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="record")
        self._recording = self._pool.submit(self._record)

    def take(self, done: Done | None) -> None:
        """Take a window that stands in the shop (None: it was the last); raises what recording raised."""
        while not self._recording.done():
            with suppress(Full):
                self._done.put(done, timeout=LOOK_SECONDS)
                return
        self._recording.result()

    def _record(self) -> None:
        self._recorder.take_links()
        last = False
        while not last:
            waiting = [self._done.get()]
            with suppress(Empty):
                while True:
                    waiting.append(self._done.get_nowait())
            last = None in waiting
            if done := [window for window in waiting if window]:
                self._recorder.windows(done)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, failed: type[BaseException] | None, *_: object) -> None:
        """Record what is left, also where the writer failed: it stands in the shop."""
        try:
            self.take(None)
            self._recording.result()
        except Exception:
            if not failed:
                raise
            logger.exception("what was written last could not be recorded; the next run takes it from the archive")
        finally:
            self._pool.shutdown()


def _applied(changes: Path, told: Path, to: Path) -> Applied:
    with desk() as table:
        table.load(changes=changes)
        load_rows(table, "told", Outcome._fields, told)
        table.run("prestashop/desk/outcomes.sql")
        table.run("prestashop/desk/applied.sql")
        counts = {row["result"]: row["products"] for row in table.rows("FROM applied")}
        return Applied(
            outcomes=table.save("outcomes", to, to_keep=True),
            written=counts.get("written", 0),
            left=counts.get("left", 0),
            failed=counts.get("failed", 0),
            rows_written=table.count("outcomes", "outcome = 'written'"),
            examples=table.rows(
                "SELECT id_product AS product, id_product_attribute AS combination, id_lang AS language, field,"
                " outcome, found, message FROM outcomes WHERE outcome IN ('left', 'failed') ORDER BY ALL LIMIT $most",
                {"most": EXAMPLES},
            ),
        )
