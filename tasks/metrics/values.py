"""The facts as values of metrics: what has which labels, decided on plain rows."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple, get_args

from tasks.metrics.reading import REASONS, Facts, Reason
from tasks.summaries import Status

STATUSES = tuple(status for status in get_args(Status) if status != "running")
ALERTS = ("queue_full", "queue_late", "run_failed", "run_long", "run_overtime")  # shown as 0 where there is none
# counted from 0 on, so that the first one is seen to be one more
_IMPORT = ("rows_read", "rows_rejected", "links_written")
_SHOP = ("products_written", "rows_written")
COUNTED = {"import-feed": _IMPORT, "sync-availability": _SHOP, "undo-sync": _SHOP, "release-products": _SHOP}
# metric -> field of the last run's summary
IMPORTED = {
    "rexbit_import_rows_read": "rows_read",
    "rexbit_import_rows_rejected": "rows_rejected",
    "rexbit_import_offers_matched": "matched",
    "rexbit_import_offers_unmatched": "unmatched",
    "rexbit_import_links_created": "created",
    "rexbit_import_links_updated": "updated",
    "rexbit_import_products_absent": "absent",
    "rexbit_import_products_sold_out": "sold_out",
}
SYNCED = {
    "rexbit_sync_products_changed": "changed",
    "rexbit_sync_products_written": "written",
    "rexbit_sync_products_left": "left",
    "rexbit_sync_products_failed": "failed",
    "rexbit_sync_products_enabled": "enabled",
    "rexbit_sync_products_disabled": "disabled",
    "rexbit_sync_products_drifted": "drifted",
    "rexbit_sync_rows_written": "rows_written",
}
LOOKED = {"rexbit_queue_runs_waiting": "waiting", "rexbit_queue_runs_at_work": "at_work"}
OF_SUMMARY = {"import-feed": IMPORTED, "sync-availability": SYNCED}
OF_FEED = {
    "rexbit_feed_rows": "rows_read",
    "rexbit_feed_rows_rejected": "rows_rejected",
    "rexbit_feed_offers": "offers",
    "rexbit_feed_offers_available": "available",
}


class Value(NamedTuple):
    """A sample: the labels in the order of the metric's own."""

    metric: str
    labels: tuple[str, ...]
    value: float


def of_reading(reason: Reason | None, seconds: float) -> Iterator[Value]:
    """How reading the state database went; `reason` None: well."""
    yield Value("rexbit_up", (), float(reason is None))
    yield Value("rexbit_read_seconds", (), seconds)
    for one in REASONS:
        yield Value("rexbit_unreadable", (one,), float(one == reason))


def of_facts(facts: Facts) -> Iterator[Value]:
    """All that the state database tells. A feed or shop that no run was about for long is left out."""
    here = {row["integration_id"] for row in facts.runs}
    yield from _of_counts(facts)
    yield from _of_runs(facts)
    for row in facts.feeds:
        if row["integration_id"] in here:
            yield from _of_feed((*_who(facts, row), row["part"]), row)
    for row in facts.shops:
        if row["integration_id"] in here:
            yield from _of_shop(_who(facts, row), row)
    for row in facts.leases:
        yield Value("rexbit_lease_held", _who(facts, row), float(row["expires_at"] > facts.now))
    told = Counter(str(row["kind"]) for row in facts.alerts if row["told_at"])
    for kind in sorted({*ALERTS, *told}):
        yield Value("rexbit_alerts_open", (kind,), told[kind])


def _of_counts(facts: Facts) -> Iterator[Value]:
    counts: Counter[tuple[str, tuple[str, ...]]] = Counter()
    for row in [*facts.runs, *facts.counts]:
        run = (row["flow"], *_who(facts, row))
        for status in STATUSES:
            counts["rexbit_runs_total", (*run, status)] += 0
        for name in COUNTED.get(row["flow"], ()):
            counts[f"rexbit_{name}_total", run] += int(row.get(name) or 0)
        if "runs" in row:
            counts["rexbit_runs_total", (*run, row["status"])] += row["runs"]
    for (metric, labels), value in counts.items():
        yield Value(metric, labels, value)


def _of_runs(facts: Facts) -> Iterator[Value]:
    for row in facts.runs:
        run = (row["flow"], *_who(facts, row))
        ended = _seconds(row["ended_at"])
        if row["what"] == "good":
            yield Value("rexbit_last_success_timestamp_seconds", run, ended)
            if row["flow"] == "monitor-queues":  # one that failed saw nothing
                yield from (Value(metric, (), _summary(row).get(field) or 0) for metric, field in LOOKED.items())
            continue
        yield Value("rexbit_last_run_end_timestamp_seconds", run, ended)
        yield Value("rexbit_last_run_seconds", run, max(0.0, ended - _seconds(row["started_at"])))
        for status in STATUSES:
            yield Value("rexbit_last_run_status", (*run, status), float(status == row["status"]))
        told = _summary(row)
        for metric, field in OF_SUMMARY.get(row["flow"], {}).items():
            yield Value(metric, run[1:], told.get(field) or 0)


def _of_feed(labels: tuple[str, ...], row: Mapping[str, Any]) -> Iterator[Value]:
    confirmed = row["confirmed_at"] or row["fetched_at"]
    if confirmed:
        yield Value("rexbit_feed_confirmed_timestamp_seconds", labels, _seconds(confirmed))
    if row["fetched_at"]:
        yield Value("rexbit_feed_content_timestamp_seconds", labels, _seconds(row["fetched_at"]))
    wrong = {"quarantined": bool(row["held_since"]), "stale": bool(row["stale_since"])}
    for state, holds in {"ok": not any(wrong.values()), **wrong}.items():
        yield Value("rexbit_feed_state", (*labels, state), float(holds))
    for metric, column in OF_FEED.items():
        if row[column] is not None:
            yield Value(metric, labels, row[column])


def _of_shop(labels: tuple[str, ...], row: Mapping[str, Any]) -> Iterator[Value]:
    yield Value("rexbit_shop_paused", labels, float(row["paused"] > 0))
    yield Value("rexbit_shop_given_back", labels, float(row["given_back"] > 0))
    told = _summary(row)
    if told:
        yield Value("rexbit_shop_products_managed", labels, told["wanted"])
        yield Value("rexbit_shop_products_available", labels, told.get("on") or 0)


def _who(facts: Facts, row: Mapping[str, Any]) -> tuple[str, str]:
    number = row["integration_id"]
    return ("", "") if number is None else (str(number), facts.names.get(number, ""))


def _summary(row: Mapping[str, Any]) -> dict[str, Any]:
    return json.loads(row["summary"]) if row["summary"] else {}


def _seconds(at: datetime) -> float:
    return at.timestamp()
