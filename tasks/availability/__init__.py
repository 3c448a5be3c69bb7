"""What may be ordered, what the customer reads, and which rows of the shop that changes."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from blocks import PrestashopDatabase
from tasks import archive
from tasks.availability import plan
from tasks.availability.giving_back import end_release, find_our_rows, plan_release
from tasks.availability.pinning import find_in_shop, pin, show_pins
from tasks.availability.pins import begin_reading_pins, read_pins
from tasks.availability.plan import ChangeSet, Differing, ShopView, Wanted
from tasks.availability.released import chosen_subject, take_into_care
from tasks.availability.texts import Language
from tasks.duck import desk, has_rows
from tasks.errors import Refused
from tasks.prestashop import Look
from tasks.run import Ahead, Run
from tasks.station import station
from tasks.summaries import SyncSummary

__all__ = [
    "ChangeSet",
    "begin_reading_pins",
    "begin_reading_written",
    "chosen_subject",
    "decide_availability",
    "end_release",
    "find_changes",
    "find_in_shop",
    "find_our_rows",
    "first_to_read",
    "keep_outcomes",
    "pin",
    "plan_changes",
    "plan_release",
    "read_pins",
    "show_pins",
    "take_into_care",
]

REASONS = {  # of a decision, as an operator reads it
    "enough_stock": "can be ordered: a supplier has enough",
    "available": "can be ordered: the supplier says so, without a number",
    "below_threshold": "no supplier has as many as the threshold asks for",
    "not_available": "the supplier says that it is not available",
    "no_offer": "no supplier offers it any more",
    "combination_missing": "not every combination can be had, and the policy asks for all",
    "no_stock_given": "the supplier gives neither a number nor a word",
}


def begin_reading_written(run: Run[SyncSummary]) -> Ahead[Path]:
    """Begin to read what we wrote to this shop last, row by row, while the shop is looked at."""
    columns = ("id_product", "id_product_attribute", "id_lang", "field", "value")
    where = {"integration_id": run.integration_id}
    return run.ahead(partial(run.state.read, "shop_written", run.folder / "written.parquet", columns, where))


@station("read last written", io=True)
def first_to_read(run: Run[SyncSummary], links: Path, written: Ahead[Path]) -> Path | None:
    """The products of a shop that was never written to, all of whose rows will be asked for; else None."""
    if has_rows(written.result()):
        return None
    with desk() as table:
        table.show(links=links)
        managed = {"integration_id": run.integration_id}
        return table.select("availability/managed.sql", managed, run.folder / "managed.parquet")


@station("decide availability", io=True)
def decide_availability(
    run: Run[SyncSummary],
    shop: PrestashopDatabase,
    look: Look,
    links: Path,
    written: Ahead[Path],
    contractor: int | None,
) -> Wanted:
    """Decide for every managed product whether it can be ordered, and which text each language shows."""
    inputs = {"links": links, "written": written.result(), "catalogue": look.catalogue}
    wanted = plan.decide(shop, _view(shop, look, run.started_at), inputs, run.folder, contractor)
    run.count(wanted=wanted.products, skipped=wanted.skipped, not_enforceable=wanted.not_enforceable)
    run.say("Decided for %d products: %d can be ordered", wanted.products, wanted.allowed)
    if not wanted.products:
        run.warn("No product of this shop has a supplier yet. Run import-catalog, then import-feed, then this again")
    return wanted


def _view(shop: PrestashopDatabase, look: Look, now: datetime) -> ShopView:
    active = {language.iso_code: language for language in look.info.languages if language.active}
    chosen = shop.languages or list(active)
    if unknown := [code for code in chosen if code not in active]:
        raise Refused(
            f"Expected languages that the shop has switched on ({', '.join(sorted(active))}), got {', '.join(unknown)}."
            " Correct `Languages` in the shop's block."
        )
    return ShopView(
        languages=[Language(active[code].id_lang, code, active[code].locale) for code in chosen],
        combination_labels=look.info.combination_labels,
        only_bmp=look.info.utf8mb3,
        today=now.astimezone(ZoneInfo(shop.timezone)).date(),
    )


@station("find changes")
def find_changes(run: Run[SyncSummary], wanted: Wanted, held: Path) -> Differing:
    """Compare the whole wanted state with what is held."""
    differing = plan.find_differing(wanted.wanted, held, run.folder)
    run.count(changed=differing.count, unchanged=wanted.products - differing.count)
    return differing


@station("plan changes")
def plan_changes(run: Run[SyncSummary], differing: Differing, shop_rows: Path, limit: int | None) -> ChangeSet:
    """Put what the shop holds beside what it shall hold, keep that in the archive, and show it."""
    changes = plan.make_change_set(differing.rows, shop_rows, run.folder, limit)
    name = f"c{run.integration_id}-{run.started_at:%Y%m%dT%H%M%S}-{run.id[-8:]}"
    run.count(enabled=changes.enabled, disabled=changes.disabled)
    if changes.rows_missing:
        run.count(
            changed=run.summary.changed - changes.only_missing,
            skipped={**run.summary.skipped, "row_missing_in_shop": changes.rows_missing},
        )
        run.warn(
            f"The shop has no row for {changes.rows_missing} values, and rows are never made here. Open and save these"
            " products in the shop's back office: `Rows that the shop lacks` in the summary"
        )
        run.show("Rows that the shop lacks", changes.missing_rows)
    if changes.rows:
        _archive(run, name, changes)
    run.show(
        "Products that change, by reason",
        [{"reason": REASONS.get(code, code), "products": n, "code": code} for code, n in changes.reasons.items()],
    )
    run.show("Some of the changes", plan.sample(changes.changes))
    return changes


def _archive(run: Run[SyncSummary], name: str, changes: ChangeSet) -> None:
    manifest = {
        "id": name,
        "integration_id": run.integration_id,
        "run_id": run.id,
        "planned_at": run.started_at,
        "dry_run": run.summary.dry_run,
        **changes.model_dump(mode="json", exclude={"changes"}),
    }
    archive.keep("changes", run.integration_id, name, {"changes.parquet": changes.changes}, manifest)
    run.count(change_set_id=name)
    run.say("Change set %s: %d rows of %d products", name, changes.rows, changes.products)


@station("keep outcomes")
def keep_outcomes(run: Run[Any], outcomes: Path) -> None:
    """Put what came of a change set beside it."""
    if run.summary.change_set_id:
        place = archive.find("changes", run.integration_id, run.summary.change_set_id)
        archive.add(place, "outcomes.parquet", outcomes)
