"""What a run shows of a feed: its rejected rows with their reasons, and the gate's figures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from blocks.feed import Absence
from tasks.duck import desk
from tasks.feeds.gate.verdict import Verdict
from tasks.feeds.offers.parts import Merged
from tasks.feeds.snapshots import Snapshot
from tasks.report import form_link
from tasks.run import Run

SAMPLE = 50


def show_rejects(run: Run[Any], rejects: Path) -> None:
    """Rejected rows and fields: how many by reason, and the first of each reason."""
    with desk() as table:
        table.load(rejects=rejects)
        counts = table.rows(
            "SELECT CASE scope WHEN 'row' THEN 'row left out' WHEN 'summed' THEN 'stock added to the last row'"
            " ELSE 'only the field left out' END AS effect,"
            " any_value(reason) AS reason, count(*) AS count FROM rejects GROUP BY scope, reason_code ORDER BY ALL"
        )
        first = table.rows(
            "SELECT row_number AS row, key, field, value, reason FROM rejects"
            " QUALIFY row_number() OVER (PARTITION BY reason_code ORDER BY rejects.row_number) <= 5"
            " ORDER BY reason_code, row LIMIT $most",
            {"most": SAMPLE},
        )
    if counts:
        run.show("What could not be read, by reason", counts)
        kept = "The whole list is `rejects.parquet` of the snapshot in the archive, where the run kept one."
        run.show("Examples", first, f"At most five of each reason. {kept}")


def show_verdict(run: Run[Any], verdict: Verdict) -> None:
    """The numbers behind the gate's verdict."""
    numbers = verdict.numbers
    marks = {
        "the last good snapshot": numbers.step,
        "the most of 24 hours": numbers.day,
        "the most of 7 days": numbers.week,
    }
    rows = [
        {"compared with": name, **{field.replace("_", " "): count for field, count in loss.model_dump().items()}}
        for name, loss in marks.items()
        if loss.available
    ]
    now = f"{numbers.available:,} of {numbers.offers:,} items are {numbers.state}"
    came = f"{numbers.newly_available:,} became so ({numbers.fresh:,} were not within 14 days)"
    run.show(f"Gate: {verdict.status}", rows or None, f"{now}, {came}. {verdict.reason}")


def show_held(run: Run[Any], verdict: Verdict, absence: Absence, approvable: str | None) -> None:
    """What went and came in a snapshot that is held back, and what approving it would do.

    `approvable`: the snapshot's id, None where no copy is kept.
    """
    step = verdict.numbers.step
    away = {
        Absence.SOLD_OUT: "switched off at once: missing means sold out",
        Absence.UNCERTAIN: "switched off when a second file, six hours later, lacks them too",
        Absence.KEEP: "left as they are: missing means nothing",
    }
    rows = [
        {"linked items": step.linked_newly_unavailable, "approving would": "see them switched off at once"},
        {"linked items": step.linked_gone, "approving would": f"see them {away[absence]}"},
        {"linked items": verdict.numbers.linked_newly_available, "approving would": "see them switched on at once"},
    ]
    if not verdict.numbers.says_stock:
        without = "see them without what this file says; none is switched on or off"
        rows = [{"linked items": step.linked_gone, "approving would": without}]
    form = form_link("open the form with its id filled in", "feed", approve=approvable) if approvable else ""
    way = f" If the file is right, {form} and **Submit**; if it is wrong, do nothing." if form else ""
    rows = [row for row in rows if row["linked items"]]
    run.show("What approving it would do", rows, f"Other suppliers not counted.{way}")
    if verdict.went:
        note = f"The first {len(verdict.went)}, linked ones first."
        run.show("What went and what came", verdict.went, note)


def show_parts(run: Run[Any], parts: Sequence[Snapshot], merged: Merged) -> None:
    """The files of a supplier: what each says, how old it is, and how many of its items are offers."""
    rows = []
    for one in parts:
        met = merged.met.get(one.part.name, {"items": 0, "offers": 0})
        hours = (run.started_at - one.fetched_at).total_seconds() / 3600
        rows.append(
            {
                "part": one.part.name,
                "says": ", ".join(one.part.provides) or "all",
                "changes only": "yes" if one.part.delta else "no",
                "last good snapshot": one.id,
                "age": f"{hours / 24:.0f} days" if hours >= 48 else f"{hours:.0f} hours",
                "items": met["items"],
                "of them offers": met["offers"],
            }
        )
    run.show("Files of this supplier", rows, "An item is an offer where a file says something of its stock.")
