"""A feed that is held back or stale is told once, and once more when it is well again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tasks.feeds.gate import health
from tasks.feeds.gate.health import Health, when_bad, when_good
from tasks.state import StateDatabase

NOW = datetime(2026, 11, 24, 5, tzinfo=UTC)
TWO_DAYS = timedelta(hours=48)


def kinds(news: list[health.News]) -> list[str]:
    return [one.kind for one in news]


def test_a_held_feed_is_told_once_while_it_lasts() -> None:
    first, news = when_bad(Health(), NOW, "f6-1", TWO_DAYS)
    assert (kinds(news), first.held_since) == (["quarantined"], NOW)
    second, news = when_bad(first, NOW + timedelta(hours=1), "f6-2", TWO_DAYS)
    assert (news, second.held_since, second.held_snapshot_id) == ([], NOW, "f6-2")


def test_a_good_snapshot_heals() -> None:
    after, news = when_good(Health(held_since=NOW, held_snapshot_id="f6-1"), NOW + timedelta(hours=5))
    assert news == [("healed", "believed again; it was held back since 2026-11-24 05:00 UTC")]
    assert after == Health(confirmed_at=NOW + timedelta(hours=5))


def test_a_feed_that_was_well_says_nothing() -> None:
    assert when_good(Health(confirmed_at=NOW), NOW)[1] == []


def test_a_feed_that_nothing_confirms_is_stale_once() -> None:
    well = Health(confirmed_at=NOW - timedelta(hours=49))
    after, news = when_bad(well, NOW, None, TWO_DAYS)
    assert news == [("stale", "not confirmed since 2026-11-22 04:00 UTC, expected at least every 48 hours")]
    assert when_bad(after, NOW, None, TWO_DAYS)[1] == []
    assert kinds(when_good(after, NOW)[1]) == ["healed"]


def test_a_fault_of_a_moment_is_no_news() -> None:
    assert when_bad(Health(confirmed_at=NOW - timedelta(hours=47)), NOW, None, TWO_DAYS)[1] == []


def test_it_is_kept_between_runs(state: StateDatabase) -> None:
    health.confirmed(state, 6, NOW)
    assert kinds(health.failed(state, 6, NOW + timedelta(hours=1), "f6-1")) == ["quarantined"]
    assert health.failed(state, 6, NOW + timedelta(hours=2), "f6-1") == []
    assert health.read(state, 6).held_since == NOW + timedelta(hours=1)
    assert kinds(health.failed(state, 6, NOW + timedelta(hours=49), None)) == ["stale"]
    assert kinds(health.confirmed(state, 6, NOW + timedelta(hours=50))) == ["healed"]
    assert health.read(state, 6) == Health(confirmed_at=NOW + timedelta(hours=50))
