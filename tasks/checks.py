"""The checks of our own side that no other room makes: the state database, and a catalogue to link with."""

from __future__ import annotations

from blocks import ShopBlock
from tasks.run import Run
from tasks.station import station
from tasks.summaries import Check, CheckSummary


@station("check state database", io=True)
def check_database(run: Run[CheckSummary], shop: ShopBlock | None) -> None:
    """Is the state database fit for this integration: the right kind, and nothing in `products` that we can't fill."""
    kind = Check(
        name="state database",
        ok=True if run.state.kind == "postgresql" else None,
        expected="PostgreSQL (SQLite is for trials with one worker)",
        found=run.state.shown,
        fix=""
        if run.state.kind == "postgresql"
        else "For production set REXBIT_DATABASE_URL to a PostgreSQL database.",
    )
    given = {default.column for default in shop.product_defaults} if shop else set()
    lacking = [name for name in run.state.required_columns("products") if name not in given]
    columns = Check(
        name="columns of products",
        ok=not lacking,
        expected="no column that a new product needs and nobody fills",
        found=", ".join(lacking) or "none",
        fix="Fill in `Values for new products` in the shop's block, one entry a column." if lacking else "",
    )
    run.summary.checks += [kind, columns] if shop else [kind]


@station("show checks")
def show_checks(run: Run[CheckSummary]) -> None:
    """The findings as a table, and a line in the log for each that is wrong."""
    marks = {True: "ok", False: "to fix", None: "look"}
    # what is wrong comes first, and what to do before what was expected: the UI cuts wide tables at the right
    ordered = sorted(run.summary.checks, key=lambda check: (check.ok is not False, check.ok is not None))
    rows = [{"check": c.name, "": marks[c.ok], "found": c.found, "fix": c.fix, "expected": c.expected} for c in ordered]
    wrong = [check for check in ordered if check.ok is False]
    run.show(f"{len(rows) - len(wrong)} of {len(rows)} checks are right", rows)
    for check in wrong:
        run.warn(f"{check.name}: expected {check.expected}; found {check.found}. {check.fix}")
    run.say("%d of %d checks are right", len(rows) - len(wrong), len(rows))
