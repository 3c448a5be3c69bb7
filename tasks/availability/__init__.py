"""What may be ordered, what the customer reads, and which rows of the shop that changes."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from blocks import ShopBlock
from tasks import archive
from tasks.availability import plan
from tasks.availability.approving import approved_changes, rows_of
from tasks.availability.drifting import Memory, find_drift
from tasks.availability.edits import record_drift, tell_drift
from tasks.availability.giving_back import end_release, find_our_rows, plan_release
from tasks.availability.holding import pass_gate, watched
from tasks.availability.judging import Judged, ShopView, judge
from tasks.availability.keeping import archive_changes
from tasks.availability.known import Known, read_known
from tasks.availability.pausing import hold_undone
from tasks.availability.pinning import find_in_shop, pin, show_pins
from tasks.availability.plan import ChangeSet, Differing, Wanted
from tasks.availability.reasons import REASONS
from tasks.availability.released import chosen_subject, take_into_care
from tasks.availability.texts import Language
from tasks.availability.undoing import find_undone, plan_undo
from tasks.availability.unfinished import keep_unfinished
from tasks.duck import desk, has_rows
from tasks.errors import Refused
from tasks.prestashop import Look, ShopInfo
from tasks.run import Ahead, Run
from tasks.station import station
from tasks.summaries import SyncSummary

__all__ = [
    "ChangeSet",
    "Judged",
    "Known",
    "ShopView",
    "approved_changes",
    "begin_reading_known",
    "chosen_subject",
    "decide_availability",
    "end_release",
    "find_changes",
    "find_in_shop",
    "find_our_rows",
    "find_undone",
    "first_to_read",
    "hold_undone",
    "judge",
    "keep_outcomes",
    "pass_gate",
    "pin",
    "plan_changes",
    "plan_release",
    "plan_undo",
    "record_drift",
    "show_pins",
    "take_into_care",
    "view_of",
    "watched",
]


def begin_reading_known(run: Run[SyncSummary], shop: ShopBlock) -> Ahead[Known]:
    """Begin to read what a decision needs of our database: what we wrote to this shop last, suppliers, pins."""
    return run.ahead(partial(read_known, run.state, shop, run.folder))


@station("read last written", io=True)
def first_to_read(run: Run[SyncSummary], links: Path, known: Ahead[Known]) -> Path | None:
    """The products of a shop that was never written to, all of whose rows will be asked for; else None."""
    if has_rows(known.result().written):
        return None
    with desk() as table:
        table.show(links=links)
        managed = {"integration_id": run.integration_id}
        return table.select("availability/managed.sql", managed, run.folder / "managed.parquet")


@station("decide availability", io=True)
def decide_availability(
    run: Run[SyncSummary],
    shop: ShopBlock,
    look: Look,
    links: Path,
    known: Ahead[Known],
    contractor: int | None,
) -> Wanted:
    """Decide for every managed product whether it can be ordered, and which text each language shows."""
    inputs = {"links": links, "catalogue": look.catalogue, **known.result().files}
    wanted = plan.decide(shop, view_of(shop, look.info, run.started_at), inputs, run.folder, contractor)
    run.count(wanted=wanted.products, skipped=wanted.skipped, not_enforceable=wanted.not_enforceable)
    run.count(
        not_sold=wanted.not_sold,
        on=wanted.allowed,
        off=wanted.products - wanted.allowed,
        by_supplier=wanted.by_supplier,
    )
    run.say("Decided for %d products: %d can be ordered", wanted.products, wanted.allowed)
    if look.info.catalogue_mode or not look.info.stock_management:
        run.warn(
            "The shop is in catalogue mode: nothing of it can be ordered, whatever is written"
            if look.info.catalogue_mode
            else "The shop does not manage its stock: everything in it can be ordered, whatever is written"
        )
    if not wanted.products:
        run.warn("No product of this shop has a supplier yet. Run import-catalog, then import-feed, then this again")
    if wanted.unused:
        run.warn(
            f"Exceptions in the shop's policy that name nothing of this shop: {', '.join(wanted.unused[:10])}. Expected"
            " a reference or EAN, a brand as the shop writes it, or a supplier's integration number; correct or remove"
            " them in the block"
        )
    return wanted


def view_of(shop: ShopBlock, info: ShopInfo, now: datetime) -> ShopView:
    """What a decision has to know of a shop; raises Refused for languages that the shop has not."""
    active = {language.iso_code: language for language in info.languages if language.active}
    chosen = shop.languages or list(active)
    if unknown := [code for code in chosen if code not in active]:
        raise Refused(
            f"Expected languages that the shop has switched on ({', '.join(sorted(active))}), got {', '.join(unknown)}."
            " Correct `Languages` in the shop's block."
        )
    return ShopView(
        languages=[Language(active[code].id_lang, code, active[code].locale) for code in chosen],
        combination_labels=info.combination_labels and not shop.leaves_labels,
        only_bmp=info.utf8mb3,
        now=now,
        timezone=shop.timezone,
        currency=info.default_currency,
    )


@station("find changes", io=True)
def find_changes(
    run: Run[SyncSummary], wanted: Wanted, held: Path, known: Ahead[Known], *, with_shop: bool = False
) -> Differing:
    """Compare the whole wanted state with what is held: `with_shop`, the shop's rows, else what we wrote last."""
    known_now = known.result()
    memory = Memory(
        written=known_now.written,
        edits=known_now.edits,
        unfinished=keep_unfinished(run) if known_now.is_unfinished else None,
        now=run.started_at,
        with_shop=with_shop,
        whole=run.summary.contractor is None,
    )
    differing = plan.find_differing(wanted.wanted, held, run.folder, memory)
    run.count(with_shop=with_shop, changed=differing.count, unchanged=wanted.products - differing.count)
    return differing


@station("plan changes")
def plan_changes(
    run: Run[SyncSummary],
    shop: ShopBlock,
    differing: Differing,
    shop_rows: Path,
    known: Ahead[Known],
    limit: int | None,
) -> ChangeSet:
    """Put what the shop holds beside what it shall hold, keep that in the archive, and show it."""
    known_now = known.result()
    to_write, drift = find_drift(differing.rows, shop_rows, differing.memory, shop.policy.manual_edits, run.folder)
    changes = plan.make_change_set(
        to_write,
        shop_rows,
        known_now.written,
        run.folder,
        limit,
        respect_existing=shop.policy.respect_existing,
        unfinished=known_now.is_unfinished,
    )
    changes.drift = drift
    run.count(changed=changes.changed, enabled=changes.enabled, disabled=changes.disabled)
    run.count(by_supplier={**run.summary.by_supplier, **changes.by_supplier})
    if changes.rows_missing:
        run.count(skipped={**run.summary.skipped, "row_missing_in_shop": changes.rows_missing})
        run.warn(
            f"The shop has no row for {changes.rows_missing} values, and rows are never made here. Open and save these"
            " products in the shop's back office: `Rows that the shop lacks` in the summary"
        )
        run.show("Rows that the shop lacks", changes.missing_rows)
    if drift:
        tell_drift(run, shop, drift, changes.changes)
    if changes.own:
        _show_own(run, changes)
    if changes.rows:
        archive_changes(run, changes, rows_of=rows_of(shop))
    run.show(
        "Products that change, by reason",
        [{"reason": REASONS.get(code, code), "products": n, "code": code} for code, n in changes.reasons.items()],
    )
    run.show("Some of the changes", plan.sample(changes.changes))
    return changes


def _show_own(run: Run[SyncSummary], changes: ChangeSet) -> None:
    if changes.respected:
        run.count(skipped={**run.summary.skipped, "own_text_or_flag": changes.respected})
    what = "are left alone (`Respect what is there`)" if changes.respected else "get ours; what was there is kept"
    run.say("%d products had a text or flag of their own before our first write: they %s", changes.own, what)
    run.show(
        "Had a text or flag of their own",
        changes.had_own,
        f"{changes.own} products had one before our first write; they {what}.",
    )


@station("keep outcomes")
def keep_outcomes(run: Run[Any], outcomes: Path) -> None:
    """Put what came of a change set beside it."""
    if run.summary.change_set_id:
        place = archive.find("changes", run.integration_id, run.summary.change_set_id)
        archive.add(place, "outcomes.parquet", outcomes)
