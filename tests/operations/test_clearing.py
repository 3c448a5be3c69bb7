"""What goes from archive and database by age, and what stays however old it is; on both databases."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tasks import archive
from tasks.errors import WrongSettingsError
from tasks.operations.clearing import Ages, Cleared, Clearing
from tasks.state import StateDatabase

NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
AGES = Ages(raw=30 * DAY, snapshots=90 * DAY, others=400 * DAY)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.write_bytes(b"content")
    return path


class World:
    """Entries in the archive with their rows, as imports and syncs leave them."""

    def __init__(self, state: StateDatabase, source: Path) -> None:
        self.state = state
        self.source = source

    def snapshot(
        self, days: float, verdict: str = "passed", *, row: bool = True, part: str = "", integration: int = 6
    ) -> Path:
        at = NOW - days * DAY
        name = f"f{integration}{part and '-'}{part}-{at:%Y%m%dT%H%M%S}-1a2b3c4d"
        files = {"raw.zst": self.source, "offers.parquet": self.source}
        place = archive.keep("feeds", integration, name, files, {"id": name})
        if row:
            values = dict.fromkeys(("rows_read", "rows_rejected", "offers", "available"), 1)
            texts = dict.fromkeys(("content_hash", "settings_hash", "reason", "run_id", "folder"), "x")
            who = {"id": name, "integration_id": integration, "part": part, "verdict": verdict}
            times = {"fetched_at": at, "last_seen_at": at, "numbers": None}
            with self.state.session() as session:
                session.execute("snapshot_record", {**values, **texts, **who, **times})
        return place

    def change_set(self, days: float, *, row: bool = True, ended: bool = True) -> Path:
        at = NOW - days * DAY
        name = f"c7-{at:%Y%m%dT%H%M%S}-1a2b3c4d"
        place = archive.keep("changes", 7, name, {"changes.parquet": self.source}, {"id": name})
        if row:
            with self.state.session() as session:
                session.execute("change_set_begun", {"id": name, "integration_id": 7, "run_id": name, "begun_at": at})
                if ended:
                    session.execute("change_set_ended", {"id": name, "ended_at": at})
        return place

    def run(self, name: str, days: float, status: str = "completed", flow: str = "sync-availability") -> None:
        with self.state.session() as session:
            who = {"id": name, "flow": flow, "integration_id": 7}
            session.execute("run_started", {**who, "started_at": NOW - days * DAY})
            ended = {"id": name, "ended_at": NOW - days * DAY, "status": status, "summary": "{}", "message": ""}
            session.execute("run_ended", ended)

    def clear(self, *, dry_run: bool = False) -> Cleared:
        clearing = Clearing(self.state, AGES, NOW, dry_run=dry_run)
        clearing.snapshots()
        clearing.change_sets()
        clearing.leftovers()
        clearing.rows()
        return clearing.done

    def ids(self, table: str) -> list[str]:
        names = {"feed_snapshots": "snapshots_old", "change_sets": "change_sets_old"}
        with self.state.session(read_only=True) as session:
            rows = session.execute(names[table], {"before": NOW + DAY, "most": 100})
        return [str(row["id"]) for row in rows]


@pytest.fixture
def world(state: StateDatabase, source: Path) -> World:
    return World(state, source)


def test_a_snapshots_raw_file_goes_first_and_all_of_it_later(world: World) -> None:
    young, in_force, middle, old = (world.snapshot(days) for days in (2, 40, 60, 95))
    world.snapshot(91)  # in force 90 days ago
    world.clear()
    assert [(place.exists(), (place / "raw.zst").exists()) for place in (young, in_force, middle, old)] == [
        (True, True),
        (True, True),
        (True, False),
        (False, False),
    ]


def test_the_last_good_snapshot_of_each_part_stays_for_ever(world: World) -> None:
    kept = [world.snapshot(500, part=part) for part in ("", "stock", "prices")]
    newest = world.snapshot(450, "quarantined")
    gone = world.snapshot(600)
    world.clear()
    assert [place.exists() for place in (*kept, newest, gone)] == [True, True, True, True, False]


def test_what_was_in_force_when_the_gates_week_began_stays(world: World) -> None:
    in_force, _, _ = world.snapshot(120), world.snapshot(3), world.snapshot(1)
    world.clear()
    assert (in_force / "offers.parquet").exists()


@pytest.mark.slow
def test_in_force_is_what_came_last_and_what_was_approved_last(world: World) -> None:
    came, approved, older = world.snapshot(100), world.snapshot(110, "quarantined"), world.snapshot(105)
    with world.state.session() as session:
        session.execute("snapshot_approve", {"id": approved.name, "approved_at": NOW - 92 * DAY})
    world.snapshot(1)
    world.clear()
    assert [place.exists() for place in (came, approved, older)] == [True, True, False]


@pytest.mark.slow
def test_a_snapshot_that_the_supplier_served_lately_stays(world: World) -> None:
    old = world.snapshot(100, "quarantined")
    world.snapshot(95)
    world.snapshot(1)
    with world.state.session() as session:
        session.execute("snapshot_seen", {"id": old.name, "seen_at": NOW - DAY})
    world.clear()
    assert old.exists()


@pytest.mark.slow
def test_what_an_import_that_died_left_goes(world: World) -> None:
    world.snapshot(1)
    gone, young = world.snapshot(8, row=False), world.snapshot(6, row=False)
    assert (world.clear().leftovers, gone.exists(), young.exists()) == (1, False, True)


@pytest.mark.slow
def test_the_archive_of_another_database_is_left_alone(world: World) -> None:
    stranger = world.snapshot(800, row=False, integration=99)
    assert (world.clear().leftovers, stranger.exists()) == (0, True)


def test_change_sets_go_but_for_what_a_crash_cut_short(world: World) -> None:
    gone, held_back = world.change_set(401), world.change_set(402, row=False)
    unfinished, young = world.change_set(500, ended=False), world.change_set(399)
    assert world.clear().change_sets == 2
    kept = [place.exists() for place in (gone, held_back, unfinished, young)]
    assert kept == [False, False, True, True]
    assert gone.name not in world.ids("change_sets")


@pytest.mark.parametrize(("days", "left"), [(399, True), (401, False)])
def test_what_a_webhook_never_took_is_forgotten_with_its_change_set(world: World, days: float, left: bool) -> None:
    """Else a shop whose webhook is dead would keep all that it ever wrote, for ever."""
    untold = world.change_set(days)
    archive.put_note("untold", 7, untold.name, b"{}")
    planned = world.clear(dry_run=True)
    assert planned == world.clear()
    noted = archive.noted("untold") == {(7, untold.name)}
    assert (noted, untold.exists(), untold.name in world.ids("change_sets")) == (left, left, left)


@pytest.mark.slow
def test_a_row_outlives_its_files_until_both_are_old(world: World) -> None:
    world.snapshot(1)
    world.snapshot(95)
    old, older = world.snapshot(100), world.snapshot(402)
    world.snapshot(401)  # in force 400 days ago
    world.clear()
    assert not old.exists()
    assert (old.name in world.ids("feed_snapshots"), older.name in world.ids("feed_snapshots")) == (True, False)


@pytest.mark.slow
@pytest.mark.parametrize(("days", "left"), [(2, False), (0.5, True)])
def test_what_was_being_written_goes_after_a_day(world: World, days: float, left: bool) -> None:
    part = archive.archive_root() / "feeds" / "6" / ".f6-20200101T000000-1a2b3c4d.part"
    part.mkdir(parents=True)
    at = (NOW - days * DAY).timestamp()
    os.utime(part, (at, at))
    world.clear()
    assert part.exists() == left


@pytest.mark.slow
def test_what_a_removal_left_goes_with_the_next_run(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = world.change_set(401)
    with monkeypatch.context() as broken:
        broken.setattr("shutil.rmtree", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            world.clear()
    with pytest.raises(WrongSettingsError):
        archive.find("changes", 7, gone.name)
    for path in gone.parent.glob(".*"):
        os.utime(path, (0, 0))
        for file in path.iterdir():
            os.utime(file, (0, 0))
    world.clear()
    assert list(gone.parent.iterdir()) == []


def test_runs_go_but_for_the_newest_of_each_end(world: World) -> None:
    world.run("old", 500)
    world.run("held", 450, "quarantined")
    world.run("newest", 410)
    world.run("watch-old", 31, flow="monitor-queues")
    world.run("watch-new", 29, flow="monitor-queues")
    done = world.clear()
    with world.state.session(read_only=True) as session:
        left = [
            name
            for name in ("old", "held", "newest", "watch-old", "watch-new")
            if session.execute("run_by_id", {"id": name})
        ]
    assert (done.rows["runs"], left) == (2, ["held", "newest", "watch-new"])


def test_a_dry_run_counts_the_same_and_removes_nothing(world: World) -> None:
    places = [world.snapshot(1), world.snapshot(95), world.snapshot(100), world.change_set(401)]
    planned = world.clear(dry_run=True)
    assert all(place.exists() for place in places)
    assert planned == world.clear()


def test_a_second_run_changes_nothing(world: World) -> None:
    for days in (1, 40, 50, 95, 100):
        world.snapshot(days)
    world.change_set(401)
    world.clear()
    again = world.clear()
    assert again == Cleared(rows={"feed_snapshots": 0, "change_sets": 0, "runs": 0})
