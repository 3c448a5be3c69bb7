"""The gate before a shop: what switches too many products is held back, told once, and approvable for a day."""

from __future__ import annotations

import contextlib
import json
import logging
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from blocks import ChangeGate
from flows import import_catalog, import_feed, sync_availability
from tasks.availability import holding
from tasks.errors import Quarantined, Refused
from tests.flows.world import World

LITTLE, ENOUGH = 3, 30


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The events that a person would hear of."""
    events: list[str] = []
    monkeypatch.setattr(holding, "alert", lambda event, *_: events.append(event))
    return events


@pytest.fixture
def sold(world: World) -> list[str]:
    """Twelve products that can be ordered, of which more than a quarter off are too many."""
    world.shop.gate = ChangeGate(stop_off_percent=25, min_products=3)
    import_catalog(world.shop)
    references = world.references()[:12]
    supply(world, references)
    sync_availability(world.shop)
    return references


def supply(world: World, references: list[str], off: int = 0) -> None:
    """The supplier has enough of all but the first `off`."""
    world.write_feed((reference, LITTLE if n < off else ENOUGH, 2) for n, reference in enumerate(references))
    import_feed(world.feed)


def held(world: World) -> Quarantined:
    with pytest.raises(Quarantined) as error:
        sync_availability(world.shop)
    return error.value


def begun(home: Path) -> int:
    with contextlib.closing(sqlite3.connect(home / "rexbit.db")) as connection:
        return int(connection.execute("SELECT count(*) FROM change_sets").fetchone()[0])


def test_what_switches_too_many_is_not_written(world: World, home: Path, sold: list[str]) -> None:
    shop = world.everything()
    supply(world, sold, off=4)
    error, again = held(world), held(world)
    assert f"approve = {error.summary.change_set_id}" in str(error)
    assert "4 of 12 products (33.33 %)" in str(error)
    assert error.summary.change_set_id != again.summary.change_set_id  # each run plans anew
    assert (error.summary.status, world.everything() == shop, begun(home)) == ("quarantined", True, 1)


@pytest.mark.slow
def test_creeping_is_held_back(world: World, sold: list[str]) -> None:
    supply(world, sold, off=2)
    assert sync_availability(world.shop).disabled == 2
    supply(world, sold, off=4)
    assert "(2 of them by earlier runs)" in str(held(world))


@pytest.mark.slow
def test_an_approved_one_is_written_and_counts_no_more(world: World, sold: list[str]) -> None:
    supply(world, sold, off=4)
    planned = held(world).summary
    done = sync_availability(world.shop, approve=planned.change_set_id)
    assert (done.written, done.disabled, done.off, done.approved) == (4, 4, 4, True)
    assert [world.flag(reference) for reference in sold[:5]] == [0, 0, 0, 0, 1]
    assert sync_availability(world.shop).status == "unchanged"
    supply(world, sold, off=7)
    assert sync_availability(world.shop).disabled == 3  # by themselves not too many
    with pytest.raises(Refused, match="applied already"):
        sync_availability(world.shop, approve=planned.change_set_id)


@pytest.mark.slow
def test_what_somebody_changed_since_is_left(world: World, sold: list[str]) -> None:
    supply(world, sold, off=4)
    planned = held(world).summary.change_set_id
    world.execute(
        "UPDATE ps_stock_available SET out_of_stock = 2 WHERE id_product IN"
        " (SELECT id_product FROM ps_product WHERE reference = %s)",
        sold[0],
    )
    done = sync_availability(world.shop, approve=planned)
    assert (done.written, done.left, world.flag(sold[0]), world.flag(sold[1])) == (3, 1, 2, 0)


@pytest.mark.slow
def test_it_can_be_approved_for_a_day(world: World, home: Path, sold: list[str]) -> None:
    supply(world, sold, off=4)
    planned = held(world).summary.change_set_id
    manifest = home / "archive" / "changes" / "7" / planned / "manifest.json"
    then = datetime.now(UTC) - timedelta(hours=25)
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "planned_at": str(then)}))
    with pytest.raises(Refused, match="more than 24 hours ago"):
        sync_availability(world.shop, approve=planned)


@pytest.mark.slow
def test_it_cannot_be_approved_once_something_else_was_written(world: World, sold: list[str]) -> None:
    supply(world, sold, off=4)
    planned = held(world).summary.change_set_id
    supply(world, sold, off=1)
    written = sync_availability(world.shop)
    with pytest.raises(Refused, match=f"something else was written to the shop \\({written.change_set_id}\\)"):
        sync_availability(world.shop, approve=planned)
    assert world.flag(sold[1]) == 1


@pytest.mark.slow
def test_a_dry_run_only_warns_and_can_be_approved_by_nobody(
    world: World, sold: list[str], told: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    supply(world, sold, off=4)
    with caplog.at_level(logging.WARNING):
        planned = sync_availability(world.shop, dry_run=True)
    assert ("This would be held back: 4 of 12 products" in caplog.text, planned.status) == (True, "completed")
    with pytest.raises(Refused, match="planned by a dry run"):
        sync_availability(world.shop, approve=planned.change_set_id)
    assert told == []


@pytest.mark.slow
def test_it_is_told_once_and_when_syncs_go_through_again(world: World, sold: list[str], told: list[str]) -> None:
    supply(world, sold, off=4)
    held(world)
    sync_availability(world.shop, dry_run=True)
    held(world)
    assert told == ["rexbit.shop.quarantined"]
    supply(world, sold)
    assert sync_availability(world.shop).status == "unchanged"
    sync_availability(world.shop)
    assert told == ["rexbit.shop.quarantined", "rexbit.shop.healed"]
