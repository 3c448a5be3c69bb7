"""What a scrape says of a past that is known, on each kind of database."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from tasks.metrics.reading import week_of
from tests.history.past import ACME, SHOP, Past
from tests.metrics.conftest import Sample

Scrape = Callable[[], Sample]
SYNC = {"flow": "sync-availability", "integration": str(SHOP), "name": ""}
IMPORT = {"flow": "import-feed", "integration": str(ACME), "name": "acme"}
FEED = {"integration": str(ACME), "name": "acme", "part": ""}
DONE: dict[str, Any] = {"dry_run": False, "limit": None, "contractor": None}


def scope(past: Past, name: str = "sklep") -> dict[str, str]:
    """The shop as its first sync claims it."""
    row = {"integration_id": SHOP, "name": name, "shop_database": "d", "text_rows": "t"}
    with past.state.session() as session:
        session.execute("shop_scope_write", {**row, "flag_rows": "f", "label_rows": None, "run_id": "r"})
    return {"integration": str(SHOP), "name": name}


def health(past: Past, **times: object) -> None:
    none = dict.fromkeys(("confirmed_at", "held_since", "held_snapshot_id", "stale_since"))
    with past.state.session() as session:
        session.execute("feed_health_write", {"integration_id": ACME, "part": "", **none, **times})


def test_the_last_run(past: Past, scraped: Scrape) -> None:
    past.run(past.ago(2), "failed", **DONE)
    past.run(past.ago(1), "quarantined", **DONE, changed=9, disabled=7)
    sample = scraped()
    assert sample("rexbit_last_run_status", **SYNC, status="quarantined") == 1
    assert sample("rexbit_last_run_status", **SYNC, status="failed") == 0
    assert sample("rexbit_last_run_seconds", **SYNC) == 60
    assert sample("rexbit_sync_products_disabled", integration=str(SHOP), name="") == 7


def test_a_trial_is_not_the_last_run(past: Past, scraped: Scrape) -> None:
    real = past.ago(5)
    past.run(real, **DONE)
    for hours, trial in ((4, {"dry_run": True}), (3, {"limit": 10}), (2, {"contractor": 5})):
        past.run(past.ago(hours), "failed", **{**DONE, **trial})
    past.run(past.ago(1))  # at work
    sample = scraped()
    ended = (real + timedelta(minutes=1)).timestamp()
    assert sample("rexbit_last_run_end_timestamp_seconds", **SYNC) == ended
    assert sample("rexbit_last_success_timestamp_seconds", **SYNC) == ended


def test_the_last_success_may_be_long_ago(past: Past, scraped: Scrape) -> None:
    good = past.ago(24 * 60)
    past.run(good, "unchanged", **DONE)
    past.run(past.ago(1), "failed", **DONE)
    sample = scraped()
    assert sample("rexbit_last_success_timestamp_seconds", **SYNC) == (good + timedelta(minutes=1)).timestamp()


def test_what_nobody_runs_any_more_is_left_out(past: Past, scraped: Scrape) -> None:
    who = scope(past)
    past.run(past.ago(24 * 36), **DONE, wanted=5, on=3)
    sample = scraped()
    assert sample("rexbit_last_run_seconds", **{**SYNC, **who}) is None
    assert sample("rexbit_shop_paused", **who) is None


def test_a_run_that_was_killed_counts_as_it_was_recorded(past: Past, scraped: Scrape) -> None:
    killed = past.run(past.ago(1))
    with past.state.session() as session:
        session.execute("run_died", {"id": killed, "ended_at": past.now, "message": "died"})
    assert scraped()("rexbit_last_run_status", **SYNC, status="failed") == 1


def test_counters_begin_on_monday(past: Past, scraped: Scrape) -> None:
    """Rows of old runs are removed: counted over all that is left, a counter would fall now and then."""
    monday = week_of(past.now)
    past.supplier(ACME, "acme")
    past.run(monday - timedelta(minutes=2), flow="import-feed", rows_read=100, **DONE)
    past.run(monday - timedelta(seconds=30), flow="import-feed", rows_read=7, rows_rejected=1, **DONE)
    past.run(monday, flow="import-feed", rows_read=5, created=1, updated=2, **{**DONE, "dry_run": True})
    sample = scraped()
    assert sample("rexbit_runs_total", **IMPORT, status="completed") == 1  # begun on Sunday, ended on Monday
    assert sample("rexbit_rows_read_total", **IMPORT) == 7
    assert sample("rexbit_rows_rejected_total", **IMPORT) == 1
    assert sample("rexbit_links_written_total", **IMPORT) == 0


def test_a_counter_is_there_before_its_first_one(past: Past, scraped: Scrape) -> None:
    """`increase` sees nothing in a series that begins with 1."""
    past.run(past.ago(24 * 20), **DONE)
    sample = scraped()
    assert sample("rexbit_runs_total", **SYNC, status="failed") == 0
    assert sample("rexbit_rows_written_total", **SYNC) == 0


def test_a_feeds_clock(past: Past, scraped: Scrape) -> None:
    past.supplier(ACME, "acme")
    past.run(past.ago(1), "unchanged", flow="import-feed", **DONE)
    good, seen = past.ago(30), past.ago(1)
    past.snapshot(ACME, good, rows_read=10, offers=9, available=4)
    past.snapshot(ACME, past.ago(2), rows_read=8, rows_rejected=3, verdict="quarantined")
    health(past, confirmed_at=seen, held_since=past.ago(2))
    sample = scraped()
    assert sample("rexbit_feed_content_timestamp_seconds", **FEED) == good.timestamp()
    assert sample("rexbit_feed_confirmed_timestamp_seconds", **FEED) == seen.timestamp()
    assert (sample("rexbit_feed_rows", **FEED), sample("rexbit_feed_rows_rejected", **FEED)) == (8, 3)
    states = {state: sample("rexbit_feed_state", **FEED, state=state) for state in ("ok", "quarantined", "stale")}
    assert states == {"ok": 0, "quarantined": 1, "stale": 0}


def test_a_shop(past: Past, scraped: Scrape) -> None:
    who = scope(past)
    past.run(past.ago(3), **DONE, wanted=50, on=30)
    past.run(past.ago(2), **{**DONE, "contractor": 5}, wanted=4, on=1)
    past.run(past.ago(1), "failed", **DONE, wanted=0)
    sample = scraped()
    assert sample("rexbit_shop_products_managed", **who) == 50
    assert sample("rexbit_shop_products_available", **who) == 30
    assert sample("rexbit_shop_paused", **who) == 0


def test_a_paused_shop(past: Past, scraped: Scrape) -> None:
    who = scope(past)
    past.run(past.ago(1), **DONE)
    pin = {"integration_id": SHOP, "product_id": None, "supplier_id": None, "kind": "hold", "reason": "undone"}
    word = {"until": past.ago(-24), "decided_by": "me", "decided_at": past.now, "run_id": "r"}
    with past.state.session() as session:
        session.execute("pin_made", {"id": "p", **pin, **word})
    assert scraped()("rexbit_shop_paused", **who) == 1


def test_what_the_watchdog_saw_when_it_last_could(past: Past, scraped: Scrape) -> None:
    for hours, status, waiting in ((2, "completed", 4), (1, "failed", 0)):
        values = {"id": f"w{hours}", "flow": "monitor-queues", "integration_id": None, "started_at": past.ago(hours)}
        told = {"dry_run": False, "waiting": waiting, "at_work": 1}
        ended = {"id": f"w{hours}", "ended_at": past.now, "status": status, "summary": json.dumps(told), "message": ""}
        with past.state.session() as session:
            session.execute("run_started", values)
            session.execute("run_ended", ended)
    sample = scraped()
    assert (sample("rexbit_queue_runs_waiting"), sample("rexbit_queue_runs_at_work")) == (4, 1)
    assert sample("rexbit_last_run_status", flow="monitor-queues", integration="", name="", status="failed") == 1


def test_leases_and_alerts(past: Past, scraped: Scrape) -> None:
    lease = {"holder": "h", "run_id": "r", "acquired_at": past.ago(1)}
    columns = "integration_id BIGINT, holder VARCHAR, run_id VARCHAR, acquired_at TIMESTAMP, expires_at TIMESTAMP"
    held, run_out = past.ago(-1).replace(tzinfo=None), past.ago(0.5).replace(tzinfo=None)
    past.insert("leases", columns, {**lease, "integration_id": 7, "expires_at": held})
    past.insert("leases", columns, {**lease, "integration_id": 9, "expires_at": run_out})
    alert = {"title": "t", "message": "m", "since": past.ago(1)}
    with past.state.session() as session:
        session.execute("alert_write", {"key": "a", "kind": "queue_late", "told_at": past.now, **alert})
        session.execute("alert_write", {"key": "b", "kind": "run_silent", "told_at": None, **alert})
    sample = scraped()
    assert sample("rexbit_lease_held", integration="7", name="") == 1
    assert sample("rexbit_lease_held", integration="9", name="") == 0
    assert sample("rexbit_alerts_open", kind="queue_late") == 1
    assert sample("rexbit_alerts_open", kind="run_silent") is None
    assert sample("rexbit_alerts_open", kind="run_failed") == 0
