"""What was undone stays so for a while: its products are left as they are, or the shop's syncs are paused."""

from __future__ import annotations

from pathlib import Path

from tasks.availability.pins import Pin, Subject, add_pin, make_pin, pins_about
from tasks.availability.putting_back import PutBack
from tasks.availability.undoing import Undone
from tasks.duck import desk
from tasks.run import Run
from tasks.state import Session
from tasks.station import station
from tasks.summaries import UndoSummary


@station("hold what was undone", io=True)
def hold_undone(run: Run[UndoSummary], undone: Undone, undo: PutBack, outcomes: Path | None) -> None:
    """Keep a sync from doing it again, in one transaction after it was read back: pins on products, or a pause.

    Also where an earlier run put everything back and broke off before this.
    """
    with desk() as table:
        table.show(done=undo.done)
        if outcomes:
            table.show(outcomes=outcomes)
            run.count(restored=run.summary.written)
        else:
            table.run("availability/no_outcomes.sql")
        table.run("availability/undone_products.sql")
        put_back = {row["id_product"] for row in table.rows("FROM put_back")} if undone.named else set()
        has_any = table.count("put_back") > 0
    run.check_lease()
    with run.state.session() as session:
        held = _hold(session, run, undone, put_back) if undone.named else has_any and _pause(session, run, undone)
    if not (outcomes or held):
        run.count(status="unchanged")


def _hold(session: Session, run: Run[UndoSummary], undone: Undone, put_back: set[int]) -> bool:
    """Pin products that have no pin yet; a person's word that stands there is not replaced."""
    new = []
    for id_product in sorted(put_back):
        found = undone.named[id_product]
        pins = pins_about(session, run, Subject(found.product_id))
        if not pins:
            new.append(Subject(found.product_id))
        elif pins[-1]["kind"] != "hold":
            run.warn(f"{found.shown} is pinned `{pins[-1]['kind']}` already: the next sync goes by that")
    for number, subject in enumerate(new):
        add_pin(session, run, Pin(subject, "hold", undone.reason, undone.until), number)
    run.count(held=len(new), hold_until=undone.until if new else None)
    return bool(new)


def _pause(session: Session, run: Run[UndoSummary], undone: Undone) -> bool:
    """Pause the shop; the pause of an earlier run that undid the same goes on as it is."""
    paused = pins_about(session, run, Subject())
    if [(one["kind"], one["reason"]) for one in paused] == [("hold", undone.reason)]:
        return False
    run.count(paused=True, hold_until=undone.until)
    return make_pin(session, run, Pin(Subject(), "hold", undone.reason, undone.until))
