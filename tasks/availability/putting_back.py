"""Rows of a shop that get an earlier value again: one plan, whether they are given back or a change set is undone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from blocks import ShopBlock
from tasks.availability import plan
from tasks.availability.keeping import archive_changes
from tasks.duck import desk
from tasks.errors import Refused
from tasks.prestashop import rows_of_others
from tasks.run import Run
from tasks.summaries import ReleaseSummary, UndoSummary

EXAMPLES = 50
ROWS = ("text_rows", "flag_rows", "label_rows")  # kinds of rows that one block writes
KEPT = {  # why a row stays as it is, as an operator reads it
    "row_missing_in_shop": "the shop has no such row any more",
    "written_by_another_block": "another block writes this row",
    "original_unknown": "what it held before our first write is not known",
    "original_never_written": "it held a value that is never written",
    "changed_by_another": "somebody changed it since our last write",
    "changed_by_a_later_run": "a later run wrote this product: undo that change set first, then this one again",
    "flags_go_together": "another flag of this product was changed since, and all of them hold the same",
    "given_back": "it was given back (release-products) since",
}


class PutBack(BaseModel):
    """The plan: a change set whose `after` stood there before.

    `kept`: rows that stay as they are; `done`: products that hold it already; `links`: those that tell what is written.
    """

    changes: Path
    kept: Path
    done: Path
    links: Path
    rows: int
    products: int


def require_switched_on(run: Run[Any], block: ShopBlock) -> None:
    """Raise Refused for writing to a shop that is switched off; a dry run goes on."""
    if not (run.summary.dry_run or block.product_listing_enabled):
        raise Refused(
            f"The shop (integration {block.integration_id}) is switched off. Turn `Switched on` on in its block, so"
            " that it can be written to once more; a dry run works without."
        )


def plan_putting_back(
    run: Run[ReleaseSummary] | Run[UndoSummary],
    block: ShopBlock,
    judging: str,
    files: Mapping[str, Path],
    values: Mapping[str, Any] | None = None,
) -> PutBack:
    """Put what the shop holds beside what it shall hold again, and show what stays as it is.

    `judging`: the SQL file that leaves `judged`; see beside.sql and put_back.sql. `files`: what these read: earlier,
    shop_rows, written, links, and what the judging asks for.
    """
    others = rows_of_others(run, block)
    given = {**(values or {}), "integration_id": run.integration_id, **{kind: others.get(kind) for kind in ROWS}}
    with desk() as table:
        table.show(**files)
        for step in ("availability/beside.sql", judging, "availability/put_back.sql"):
            table.run(step, given)
        saved = {name: table.save(name, run.folder / f"{name}.parquet") for name in ("differing", "kept", "done")}
        counts = table.rows("SELECT reason, count(*) AS n FROM kept GROUP BY reason ORDER BY reason")
        first = table.rows(
            "SELECT id_product AS product, id_product_attribute AS combination, id_lang AS language, field, reason,"
            " changed_by AS by, held AS holds, value AS before FROM kept ORDER BY ALL LIMIT $most",
            {"most": EXAMPLES},
        )
    run.count(kept={row["reason"]: row["n"] for row in counts})
    changes = plan.make_change_set(saved["differing"], files["shop_rows"], files["written"], run.folder)
    run.count(enabled=changes.enabled, disabled=changes.disabled)
    if changes.rows:
        archive_changes(run, changes)
    if counts:
        _show_kept(run, counts, first)
    run.show("Some of what is put back", plan.sample(changes.changes))
    return PutBack(
        changes=changes.changes,
        kept=saved["kept"],
        done=saved["done"],
        links=files["links"],
        rows=changes.rows,
        products=changes.products,
    )


def _show_kept(run: Run[Any], counts: list[dict[str, Any]], first: list[dict[str, Any]]) -> None:
    notes = [f"`{row['reason']}`: {KEPT[row['reason']]} ({row['n']} rows)." for row in counts]
    run.warn(f"{sum(row['n'] for row in counts)} rows stay as they are: `Not put back` in the summary")
    run.show("Not put back", first, " ".join(notes))
