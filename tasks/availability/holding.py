"""A shop's syncs that switch too many products: held back before the first write, and told a person once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

from blocks import ShopBlock
from tasks.availability import gate
from tasks.availability.edits import SECTION
from tasks.duck import desk
from tasks.errors import Quarantined
from tasks.report import alert, form_link
from tasks.run import Ahead, Run
from tasks.station import station
from tasks.summaries import SyncSummary

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tasks.availability import Known
    from tasks.availability.plan import ChangeSet, Wanted


def pass_gate(run: Run[SyncSummary], shop: ShopBlock, changes: ChangeSet, wanted: Wanted, known: Ahead[Known]) -> None:
    """Raise Quarantined for a change set that switches too many products; a dry run only warns.

    One that switches none is not looked at.
    """
    if shop.gate.enabled and changes.switches:
        read = known.result()
        managed = wanted.products
        if run.summary.contractor is not None:  # whose products are fewer than those that earlier runs have switched
            managed = max(managed, _products_of(read.written))
        _judge(run, shop, changes, read.suppliers, managed)


def _products_of(written: Path) -> int:
    with desk() as table:
        table.show(written=written)
        ((count,),) = table.connection.execute("SELECT count(DISTINCT id_product) FROM written").fetchall()
        return int(count)


@station("judge change set", io=True)
def _judge(run: Run[SyncSummary], shop: ShopBlock, changes: ChangeSet, suppliers: Path, managed: int) -> None:
    past, gone = gate.past_sets(run.state, run.integration_id, run.started_at)
    switched, unreadable = gate.judge(changes.changes, past, suppliers, managed, shop.gate)
    if left_out := [*gone, *unreadable]:
        run.warn(
            f"What was switched by {', '.join(left_out)} is not counted: expected these change sets of the last 24"
            " hours in the archive, but they are gone or can't be read. Is REXBIT_ARCHIVE the same for all runs?"
        )
    for one in switched:
        run.say("Gate: %d products go %s (in 24 hours %d, %.1f %%)", one.here, one.to, one.day, one.share)
    if stopping := [one for one in switched if one.is_too_many]:
        _hold_back(run, stopping, changes.drift.switched if changes.drift else 0)


def _hold_back(run: Run[SyncSummary], stopping: Sequence[gate.Switched], by_others: int) -> None:
    words = "; ".join(one.words for one in stopping)
    if by_others:
        words += (
            f". Somebody else switched {by_others:,} products of this change set in the shop since our last write, and"
            f" it would switch them back (`{SECTION}` in the summary)"
        )
    name = run.summary.change_set_id
    form = "" if run.summary.dry_run else form_link("open the form with its id filled in", "shop", approve=name)
    way = f". If it is right, {form} and **Submit**" if form else ""
    run.show("Why it is held back", [row for one in stopping for row in one.rows], f"{words}{way}")
    for one in stopping:
        note = f"The first {len(one.examples)} of {one.day:,}, those of this run first."
        run.show(f"Products that go {one.to}", one.examples, note)
    if run.summary.dry_run:
        run.warn(
            f"This would be held back: {words}. A sync without `dry_run` writes nothing of it until a person approves;"
            " if it is wrong, mend the feed, the links or the policy"
        )
        return
    raise Quarantined(
        f"Change set {name} is held back: {words}. Nothing was written. Look at this run's summary. If it is right, run"
        f" the sync again with approve = {name} (within 24 hours, and before another sync writes to the shop). If it is"
        " wrong, mend the feed, the links or the policy: the next sync plans anew."
    )


@contextmanager
def watched(run: Run[SyncSummary]) -> Iterator[None]:
    """Tell a person once that a shop's syncs are held back, and once that they go through again.

    A trial (a dry run, a limit, one contractor) says nothing about the shop. Nor does a sync that compares with what we
    wrote about one that compared every row of the shop, and was held back for what others changed there.
    """
    try:
        yield
    except Quarantined as held:
        if _is_whole(run) and not _was_held(run, "shop" if run.summary.with_shop else "state"):
            alert("rexbit.shop.quarantined", run.integration_id, run.title, str(held))
        raise
    saw_all = run.summary.with_shop or run.summary.approved
    if _is_whole(run) and any(_was_held(run, kind) for kind in (("shop", "any") if saw_all else ("state",))):
        words = f"Shop {run.title}: syncs go through again; the one before was held back"
        run.say("%s", words)
        alert("rexbit.shop.healed", run.integration_id, run.title, words)


def _is_whole(run: Run[SyncSummary]) -> bool:
    summary = run.summary
    return not summary.dry_run and summary.limit is None and summary.contractor is None


def _was_held(run: Run[SyncSummary], kind: Literal["shop", "state", "any"]) -> bool:
    """Whether the last sync of a kind was held back; see sync_before.sql."""
    with run.state.session(read_only=True) as session:
        values = {"integration_id": run.integration_id, "id": run.id, "kind": kind}
        before = session.execute("sync_before", values)
    return bool(before) and before[0]["status"] == "quarantined"
