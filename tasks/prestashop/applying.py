"""A change set into the shop and into our record of it, window by window, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from tasks.duck import Desk, desk
from tasks.prestashop.model import Outcome, Shop
from tasks.prestashop.record import Recorder, Writing
from tasks.prestashop.table_file import load_rows, write_rows
from tasks.prestashop.windows import apply_changes
from tasks.state import StateDatabase

EXAMPLES = 20


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
    """Apply a change set and record each window after it was read back; repeating it changes nothing.

    A window is recorded by a thread while the shop takes the next one: two servers work at a time. No window is begun
    before the one before the last is recorded. `before_window` raises where this run may not write any more.
    Errors: those of `apply_changes`, and of our database.
    """
    path = writing.folder / "outcomes.csv"
    with desk() as table, path.open("w", encoding="utf-8", newline="") as file:
        table.load(changes=changes)
        recorder = Recorder(state, table, writing)
        recorder.begin()
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="record") as thread:
            recording: list[Future[None]] = [thread.submit(recorder.read_links)]

            def on_window(outcomes: list[Outcome]) -> None:
                _wait_for(recording)
                recording.append(thread.submit(recorder.window, outcomes))
                write_rows(file, (outcome for outcome in outcomes if outcome.outcome != "written"))

            apply_changes(shop, changes, on_window, before_window)
            _wait_for(recording)
        recorder.end()
        file.flush()
        load_rows(table, "told", Outcome._fields, path)
        table.run("prestashop/desk/outcomes.sql")
        return _applied(table, table.save("outcomes", writing.folder / "outcomes.parquet"))


def _wait_for(recording: list[Future[None]]) -> None:
    while recording:
        recording.pop().result()


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
