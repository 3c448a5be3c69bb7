"""A feed that is held back: shown, told once, approvable while it lasts, and well again by itself."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flows import import_catalog, import_feed
from tasks import feeds
from tasks.errors import Quarantined, WrongSettingsError
from tests.flows.world import World


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The events that a person would hear of."""
    events: list[str] = []
    monkeypatch.setattr(feeds, "alert", lambda event, *_: events.append(event))
    return events


@pytest.fixture
def sold(world: World, told: list[str]) -> list[str]:
    """30 offers that the shop sells, imported."""
    import_catalog(world.shop)
    references = world.references()[:30]
    world.write_feed([(r, n % 9 + 1, 2) for n, r in enumerate(references)])
    import_feed(world.feed)
    return references


def held(world: World) -> str:
    with pytest.raises(Quarantined) as error:
        import_feed(world.feed)
    return str(error.value.summary.snapshot_id)


def made_older(home: Path, hours: float) -> None:
    """As if everything so far had happened that long ago."""
    with contextlib.closing(sqlite3.connect(home / "rexbit.db")) as connection, connection:
        for column in ("fetched_at", "last_seen_at"):
            then = datetime.now(UTC).replace(tzinfo=None) - timedelta(hours=hours)
            connection.execute(f"UPDATE feed_snapshots SET {column} = ?", [then.isoformat(sep=" ")])


def test_it_is_told_once_and_when_it_is_well_again(world: World, sold: list[str], told: list[str]) -> None:
    good = Path(world.feed.source).read_bytes()
    world.write_feed([(r, 1, 2) for r in sold[:5]])
    assert held(world) == held(world)
    assert told == ["rexbit.feed.quarantined"]
    Path(world.feed.source).write_bytes(good + b"NEW;;5;1\n")
    import_feed(world.feed)
    assert told == ["rexbit.feed.quarantined", "rexbit.feed.healed"]


@pytest.mark.slow
def test_a_trial_tells_nothing(world: World, sold: list[str], told: list[str]) -> None:
    world.write_feed([(r, 1, 2) for r in sold[:5]])
    with pytest.raises(Quarantined):
        import_feed(world.feed, dry_run=True)
    assert told == []


def test_a_file_that_stays_the_same_stays_approvable(world: World, home: Path, sold: list[str]) -> None:
    world.write_feed([(r, n % 3, 2) for n, r in enumerate(sold)])
    world.feed.gate.min_affected = 5
    snapshot = held(world)
    made_older(home, 30)
    with pytest.raises(WrongSettingsError, match="more than 24 hours ago"):
        import_feed(world.feed, approve=snapshot)
    assert held(world) == snapshot
    assert import_feed(world.feed, approve=snapshot).status == "completed"


@pytest.mark.slow
def test_a_dry_run_of_a_file_that_is_held_back_changes_nothing_of_it(world: World, home: Path, sold: list[str]) -> None:
    world.write_feed([(r, 1, 2) for r in sold[:5]])
    snapshot = held(world)
    made_older(home, 30)
    before = snapshot_rows(home)
    with pytest.raises(Quarantined):
        import_feed(world.feed, dry_run=True)
    assert snapshot_rows(home) == before
    with pytest.raises(WrongSettingsError, match="more than 24 hours ago"):
        import_feed(world.feed, approve=snapshot)


@pytest.mark.slow
def test_an_approval_keeps_the_time_when_a_person_gave_it(world: World, home: Path, sold: list[str]) -> None:
    world.write_feed([(r, 1, 2) for r in sold[:5]])
    import_feed(world.feed, approve=held(world))
    before = [row["approved_at"] for row in snapshot_rows(home)]
    assert import_feed(world.feed).status == "unchanged"  # the same file, fetched anew
    assert [row["approved_at"] for row in snapshot_rows(home)] == before


def snapshot_rows(home: Path) -> list[dict[str, Any]]:
    with contextlib.closing(sqlite3.connect(home / "rexbit.db")) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute("SELECT * FROM feed_snapshots ORDER BY id")]


@pytest.mark.slow
def test_the_summary_shows_what_went_and_what_approving_would_do(
    world: World, sold: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: dict[str, list[dict[str, Any]]] = {}
    monkeypatch.setattr("tasks.run.Run.show", lambda _run, title, rows, _note="": shown.update({title: list(rows)}))
    world.write_feed([(r, 0 if n < 21 else n % 9 + 1, 2) for n, r in enumerate(sold[:28])])
    held(world)
    assert [row["linked items"] for row in shown["What approving it would do"]] == [21, 2]
    assert len(shown["What went and what came"]) == 23


@pytest.mark.slow
def test_a_new_column_is_reported(world: World, sold: list[str]) -> None:
    path = Path(world.feed.source)
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([f"{lines[0]};Kolor", *(f"{line};czarny" for line in lines[1:]), ""]), encoding="utf-8")
    assert import_feed(world.feed).warnings == ["New columns in the feed: `Kolor`"]


def test_a_middling_loss_waits_for_a_second_file(world: World, home: Path, sold: list[str], told: list[str]) -> None:
    world.feed.gate.min_affected = 1
    rows = [(r, n % 9 + 1, 2) for n, r in enumerate(sold)]
    world.write_feed([(r, 0, 2) for r in sold[:2]] + rows[2:])
    assert (import_feed(world.feed).status, import_feed(world.feed).status) == ("waiting", "waiting")
    assert stocks(home) == sorted(stock for _, stock, _ in rows)
    world.write_feed([(r, 0, 2) for r in sold[:2]] + rows[2:-1] + [(sold[-1], 50, 2)])
    assert import_feed(world.feed).updated == 3
    assert (stocks(home)[:2], told) == ([0, 0], [])


def stocks(home: Path) -> list[int]:
    with contextlib.closing(sqlite3.connect(home / "rexbit.db")) as connection:
        rows = connection.execute(
            "SELECT supplier_availability FROM integration_product_links WHERE supplier_availability IS NOT NULL"
        )
        return sorted(json.loads(text)["stock_quantity"] for (text,) in rows)
