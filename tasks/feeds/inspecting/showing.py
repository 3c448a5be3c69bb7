"""What `inspect_feed` shows: the file, its columns, the block, archived files read anew; cells stay short."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tasks.feeds.inspecting.inspection import Inspection
from tasks.feeds.inspecting.replay import Replayed
from tasks.run import Run
from tasks.summaries import InspectSummary

LONGEST_VALUE = 24
LONGEST_CELL = 60
SHOWN_RECORDS = 3
SHOWN_FILES = 3  # with their differences one by one
SIGNS = {"\t": "tab", " ": "space"}


def show_inspection(run: Run[Any], looked: Inspection, absence_reason: str, block_yaml: str) -> None:
    """What the file is, its columns with the field that each would become, first records, and the block to commit."""
    run.show("What the file is", [{"": name, "found": found} for name, found in _what(looked).items() if found])
    fields = {column: field for field, column in looked.mapping.items()}
    mapped_first = sorted(looked.columns, key=lambda column: column.name not in fields)
    columns = [
        {
            "column": column.name,
            "becomes": fields.get(column.name, ""),
            "filled": percent(column.filled),
            "unique": percent(column.unique),
            "GTINs": percent(column.gtin),
            "sample": _cut(", ".join(_cut(value, LONGEST_VALUE) for value in column.sample), LONGEST_CELL),
        }
        for column in mapped_first
    ]
    run.show(
        "Columns",
        columns,
        "Of the first records: `filled` of them hold a value; of the values `unique` are different, `GTINs` valid.",
    )
    records = looked.sample[:SHOWN_RECORDS]
    rows = [
        {"column": column.name}
        | {
            f"record {place}": _cut(record.get(column.name, ""), LONGEST_VALUE)
            for place, record in enumerate(records, 1)
        }
        for column in mapped_first
    ]
    run.show("First records", rows)
    run.show("What a missing item should mean", None, f"Proposed: `{looked.absence.value}`; {absence_reason}.")
    run.show("The block, ready to be committed", None, f"```yaml\n{block_yaml}```")


def _what(looked: Inspection) -> dict[str, str]:
    of_csv = looked.format == "csv"
    above = looked.header_lines - (1 if looked.has_header else 0)
    return {
        "format": looked.format,
        "encoding": looked.encoding,
        "delimiter": SIGNS.get(looked.delimiter or "", looked.delimiter or ""),
        "sign around texts": (looked.quote or "none") if of_csv else "",
        "header": ("yes" if looked.has_header else "none: columns have numbers")
        if looked.format in {"csv", "xlsx"}
        else "",
        "lines above the header": str(above) if above > 0 else "",
        "known format": looked.preset or "none",
        "records stand at": looked.record_path or "",
        "variants stand at": looked.variant_path or "",
        "records": f"{looked.rows:,}",
    }


def show_thresholds(run: Run[InspectSummary]) -> None:
    """Which share of the offers each threshold would sell."""
    sold = run.summary.sold_at_threshold
    rows = [{"threshold": threshold, "offers sold": percent(share)} for threshold, share in sold.items()]
    run.show("What a threshold would sell", rows, "The shop's `min_stock_threshold`.")


def show_replayed(run: Run[Any], replayed: Sequence[Replayed], verdict: str) -> None:
    """Archived files then and now: counts, rejects by reason, differences one by one, and the gate."""
    told = [one for one in replayed if one.is_read]
    run.show("Archived files, read by this block", [_counts(one) for one in replayed], "then -> now; newest first.")
    if told:
        note = "Offers that are read differently; `on` and `off`: what could be ordered and what not."
        run.show("What is different", [_differences(one) for one in told], note)
    faults = [{"file": one.snapshot_id, "why": one.fault} for one in replayed if one.fault]
    if faults:
        run.show("Files that were not compared", faults)
    rejects = [
        {"file": one.snapshot_id, "reason": reason, "then": then, "now": now}
        for one in replayed
        for reason, (then, now) in one.rejected_by_reason.items()
        if then != now
    ]
    if rejects:
        run.show("Rejects by reason", rejects, "Only reasons whose count is different.")
    stopped = [
        {"file": one.snapshot_id, "gate": one.gate_now, "why": one.gate_reason}
        for one in told
        if one.gate_now != "passed"
    ]
    if stopped:
        run.show(
            "The gate, if all of them had come read like this", stopped, "Each is compared with the ones before it."
        )
    if verdict:
        run.say("The gate, if the newest file came read like this: %s", verdict)
        run.show("The gate, if the newest file came read like this", None, verdict)
    for one in [one for one in told if one.differences][:SHOWN_FILES]:
        run.show(f"Differences in {one.snapshot_id}", one.differences, "The first of each kind.")


def _counts(one: Replayed) -> dict[str, Any]:
    if not one.is_read:
        return {"file": one.snapshot_id, "offers": "not compared", "rejected": "", "gate": one.gate_then}
    return {
        "file": one.snapshot_id,
        "offers": f"{one.offers_then:,} -> {one.offers_now:,}",
        "rejected": f"{one.rejected_then:,} -> {one.rejected_now:,}",
        "gate": f"{one.gate_then} -> {one.gate_now}",
    }


def _differences(one: Replayed) -> dict[str, Any]:
    return {
        "file": one.snapshot_id,
        "gone": one.gone,
        "new": one.new,
        "key": one.other_key,
        "stock": one.other_stock,
        "avail.": one.other_availability,
        "days": one.other_days,
        "price": one.other_price,
        "on": one.switched_on,
        "off": one.switched_off,
    }


def percent(share: float) -> str:
    """A share in whole per cent; what is not all, or not nothing, never looks like it."""
    if 0 < share < 0.01:
        return "<1%"
    return ">99%" if 0.99 < share < 1 else f"{share:.0%}"


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
