"""What others changed in a shop: told in the summary, remembered, and alarmed about once where it is a quarrel."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from blocks import ShopBlock
from tasks.availability.drifting import Drift
from tasks.duck import Desk, desk
from tasks.report import alert
from tasks.run import Run
from tasks.station import station
from tasks.summaries import SyncSummary

if TYPE_CHECKING:
    from tasks.availability.plan import ChangeSet

KEY = ("integration_id", "id_product", "id_product_attribute", "id_lang", "field", "run_id")
REMEMBERED = timedelta(days=90)  # after it is over
EXAMPLES = 50
NAMED = 5
SECTION = "Changed in the shop by somebody else"
CONTESTED = "another program writes this field"
WAS = {
    "repaired": "gets ours again",
    "kept": "stays as it is (`Changes by hand`)",
    "contested": f"left alone: {CONTESTED}",
    "resting": f"left alone: {CONTESTED}",
}
WHY = {
    "over": "the time for which it was left alone is over",
    "decision_changed": "something else is to be written than before",
    "flags_disagree": "the flags of the product's rows disagree, which lets orders fail",
    "pinned": "a person pinned the product, which says whether it can be ordered",
    "policy_changed": "the policy keeps it no more",
    "gone": "the shop holds our value, or the wanted one, again",
    "not_ours": "syncs do not look at the product (held, given back, or without a supplier)",
}
SHOWN = """SELECT id_product AS product, id_product_attribute AS combination, nullif(id_lang, 0) AS language, field,
  ours AS "we wrote", found AS "the shop holds", wanted, was, disagree, kept_until, times FROM judged
  ORDER BY was = 'repaired', 1, 2, 3, 4 LIMIT $most"""


def tell_drift(run: Run[SyncSummary], shop: ShopBlock, drift: Drift, changes: Path) -> None:
    """Count and show what others changed, and what becomes of it."""
    zone = ZoneInfo(shop.timezone)
    with desk() as table:
        table.show(judged=drift.judged, changes=changes)
        rows = table.rows(SHOWN, {"most": EXAMPLES})
        (planned,) = table.rows(
            "SELECT count(DISTINCT id_product) AS n FROM judged SEMI JOIN changes USING (id_product, field)"
            " WHERE was = 'repaired'"
        )
    would = planned["n"] if run.summary.dry_run else 0  # else once it is written
    run.count(drifted=drift.drifted, repaired=would, kept=drift.kept, contested=drift.contested)
    run.count(unchanged=run.summary.unchanged + drift.idle)
    if not rows:
        return
    run.say(
        "%d products were changed in the shop since we wrote them; what `Changes by hand` and quarrels leave as it is:"
        " %d products",
        drift.drifted,
        drift.kept,
    )
    counted = "; ".join(f"{one['field']}: {one['rows']:,} rows, {WAS[one['was']]}" for one in drift.by_field)
    first = f" The first {len(rows)}:" if sum(one["rows"] for one in drift.by_field) > len(rows) else ""
    run.show(SECTION, [_shown(row, zone) for row in rows], f"{counted}.{first}")


def _shown(row: dict[str, Any], zone: ZoneInfo) -> dict[str, Any]:
    was, until, times = row.pop("was"), row.pop("kept_until"), row.pop("times")
    words = WAS[was]
    if row.pop("disagree"):
        words += "; the flags of the product's rows disagree, which lets orders fail"
    if until:
        words += f" until {_at(until, zone)}"
    if was == "contested":
        words += f"; changed back at {_listed(times, zone)}"
    return {**row, "so": words}


def _at(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.replace(tzinfo=UTC).astimezone(zone):%Y-%m-%d %H:%M}"


def _listed(times: list[datetime], zone: ZoneInfo) -> str:
    return ", ".join(_at(moment, zone) for moment in times)


def record_drift(run: Run[SyncSummary], shop: ShopBlock, changes: ChangeSet, outcomes: Path | None = None) -> None:
    """Remember what others changed, after it was put right or left alone; nothing of a dry run."""
    if changes.drift and not run.summary.dry_run:
        _record(run, shop, changes.drift, outcomes)


@station("record changes by others", io=True)
def _record(run: Run[SyncSummary], shop: ShopBlock, drift: Drift, outcomes: Path | None) -> None:
    write_down(run, shop, drift, outcomes)


def write_down(run: Run[SyncSummary], shop: ShopBlock, drift: Drift, outcomes: Path | None) -> None:
    """Remember it and tell of it; by the same run again it changes nothing. `outcomes` None: nothing was written."""
    with desk() as table:
        table.load(judged=drift.judged, ended=drift.ended)
        if outcomes:
            table.show(outcomes=outcomes)
        else:
            table.run("availability/no_outcomes.sql")
        now = run.started_at.astimezone(UTC).replace(tzinfo=None)
        values = {"integration_id": run.integration_id, "run_id": run.id, "now": now}
        table.run("availability/edits_recorded.sql", values)
        new = table.save("new_edits", run.folder / "new_edits.parquet")
        over = table.save("over_keys", run.folder / "over_edits.parquet")
        run.check_lease()
        with run.state.session() as session:
            session.upsert("shop_edits", new, key=KEY, update=())
            session.update("shop_edits", over, key=KEY)
            old = {"integration_id": run.integration_id, "before": run.started_at - REMEMBERED}
            session.execute("shop_edits_forgotten", old)
        (repaired,) = table.rows("SELECT count(DISTINCT id_product) AS n FROM put_right")
        run.count(repaired=repaired["n"])
        _tell_ended(run, table)
        _tell_quarrels(run, table, ZoneInfo(shop.timezone))


def _tell_ended(run: Run[SyncSummary], table: Desk) -> None:
    """What was left as somebody set it, and is not any more."""
    rows = table.rows(
        "SELECT id_product AS product, id_product_attribute AS combination, nullif(id_lang, 0) AS language, field,"
        " found AS held, why FROM over WHERE why <> 'replaced' ORDER BY ALL LIMIT $most",
        {"most": EXAMPLES},
    )
    if rows:
        count = table.count("over", "why <> 'replaced'")
        run.say("%d rows that were left as somebody set them are not any more", count)
        run.show("Left alone until now", [{**row, "why": WHY[row["why"]]} for row in rows], f"{count:,} rows.")


def _tell_quarrels(run: Run[SyncSummary], table: Desk, zone: ZoneInfo) -> None:
    """A person is told once that another program writes what we write, and once that we write it again."""
    rows = table.rows(
        "SELECT id_product AS product, field, max(id_lang) AS language, any_value(found) AS found,"
        " any_value(times) AS times, min(kept_until) AS kept_until FROM judged"
        " WHERE was = 'contested' GROUP BY id_product, field, thing ORDER BY 1, 2, 3"
    )
    if rows:
        named = [f"product {row['product']}, {row['field']} ({_listed(row['times'], zone)})" for row in rows[:NAMED]]
        more = f" and {len(rows) - NAMED} more" if len(rows) > NAMED else ""
        words = (
            f"{CONTESTED[0].upper()}{CONTESTED[1:]}: expected what we wrote to stay, but it was changed back 3 times in"
            f" 24 hours: {'; '.join(named)}{more}. Left alone until {_at(rows[0]['kept_until'], zone)}. Find the module"
            f" or program that writes it, and let one of the two do it; `{SECTION}` in the summary"
        )
        run.warn(words)
        alert("rexbit.shop.contested", run.integration_id, run.title, words)
    over = table.rows("SELECT DISTINCT id_product AS product, field FROM over WHERE was = 'contested' ORDER BY ALL")
    if over:
        named = [f"product {row['product']}, {row['field']}" for row in over[:NAMED]]
        words = (
            f"Shop {run.title}: what another program wrote too is ours to write again: {'; '.join(named)}"
            f"{' and more' if len(over) > NAMED else ''}"
        )
        run.say("%s", words)
        alert("rexbit.shop.contest_over", run.integration_id, run.title, words)
