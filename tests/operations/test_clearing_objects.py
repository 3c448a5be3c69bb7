"""Housekeeping of an archive in object storage: the same goes, and the same stays."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tasks import archive
from tasks.archive.remote import Remote
from tasks.errors import NotArchivedError
from tasks.operations.clearing import Cleared, Clearing
from tasks.state import StateDatabase
from tests.archive.bucket import Bucket
from tests.operations.test_clearing import AGES, DAY, World, source

__all__ = ["source"]

pytestmark = pytest.mark.slow


@pytest.fixture
def world(bucket: Bucket, state: StateDatabase, source: Path) -> World:
    return World(state, source)


def is_there(kind: str, integration: int, place: Path) -> bool:
    try:
        archive.find(kind, integration, place.name)
    except NotArchivedError:
        return False
    return True


def test_what_is_old_goes_and_a_second_run_changes_nothing(world: World, bucket: Bucket) -> None:
    young, in_force, middle, old = (world.snapshot(days) for days in (2, 40, 60, 95))
    world.snapshot(91)  # in force 90 days ago
    gone, unfinished, untold = world.change_set(401), world.change_set(500, ended=False), world.change_set(600)
    archive.put_note("untold", 7, untold.name, b"{}")
    planned = world.clear(dry_run=True)
    assert planned == world.clear()
    raw = [f"feeds/6/{place.name}/raw.zst" in bucket.names() for place in (young, in_force, middle, old)]
    assert raw == [True, True, False, False]
    assert [is_there("feeds", 6, place) for place in (young, in_force, middle, old)] == [True, True, True, False]
    assert [is_there("changes", 7, place) for place in (gone, unfinished, untold)] == [False, True, False]
    assert archive.noted("untold") == set()  # nobody would hear of it in all that time
    assert {gone.name, untold.name}.isdisjoint(world.ids("change_sets"))
    assert world.clear() == Cleared(rows={"feed_snapshots": 0, "change_sets": 0, "runs": 0})


@pytest.mark.parametrize(("days", "left"), [(2, 0), (0.5, 1)])
def test_what_was_being_uploaded_goes_after_a_day(
    world: World, bucket: Bucket, monkeypatch: pytest.MonkeyPatch, days: float, left: int
) -> None:
    put = Remote.put

    def dying(remote: Remote, path: Path, key: str) -> None:
        put(remote, path, key)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Remote, "put", dying)
        with pytest.raises(KeyboardInterrupt):
            world.change_set(500)
    clearing = Clearing(world.state, AGES, datetime.now(UTC) + days * DAY, dry_run=False)
    clearing.leftovers()
    assert len(bucket.names()) == left
    assert clearing.done.leftovers == 1 - left
