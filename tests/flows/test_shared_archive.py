"""The archive in object storage: the flows do the same, workers with homes of their own share it, a line may be cut."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from prefect.blocks.core import Block

import flows
from demo.orchestra import Orchestra
from flows import (
    explain_product,
    import_catalog,
    import_feed,
    inspect_feed,
    prune_runs,
    show_history,
    sync_availability,
    undo_sync,
)
from tasks import archive
from tasks.archive import objects
from tasks.errors import UnreachableError
from tasks.prestashop.record import Recorder
from tasks.state import open_state
from tests.archive.bucket import Bucket, Way
from tests.flows.world import World

pytestmark = pytest.mark.slow

TEXTS_WRITTEN = {("available_later", "Wysyłka za 7 dni"), ("available_later", "Ships in 7 days")}
OF_A_RUN = {"change_set_id", "snapshot_id", "undone", "text"}  # other in each


def main_way(world: World) -> list[dict[str, Any]]:
    """What the flows that use the archive count, one after the other; the shop ends as it began."""
    first, *others = world.references()
    world.write_feed([(reference, 30, 3) for reference in (first, *others)])
    told: list[Any] = [import_catalog(world.shop), import_feed(world.feed)]
    wrote = [sync_availability(world.shop)]
    world.write_feed([(first, 30, 7), *((reference, 30, 3) for reference in others)])
    told += [*wrote, import_feed(world.feed), import_feed(world.feed), sync_availability(world.shop, dry_run=True)]
    wrote.append(sync_availability(world.shop))
    told += [wrote[1], sync_availability(world.shop), show_history(world.shop, first), show_history(world.shop)]
    told.append(inspect_feed(world.feed, replay=2))
    explained = explain_product(first, world.shop)
    assert explained.last_write is not None
    assert {(value.field, value.after) for value in explained.last_write.values} == TEXTS_WRITTEN
    told += [undo_sync(world.shop, str(one.change_set_id), "x") for one in reversed(wrote)]
    told.append(prune_runs(dry_run=True))
    return [
        {name: value for name, value in one if isinstance(value, int | str) and name not in OF_A_RUN} for one in told
    ]


def test_the_flows_do_the_same(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, storage: int) -> None:
    before = world.everything()
    in_a_folder = main_way(world)
    monkeypatch.setenv("REXBIT_HOME", str(tmp_path / "other"))
    for name, value in Bucket(storage).environment.items():
        monkeypatch.setenv(name, value)
    assert main_way(world) == in_a_folder
    assert world.everything() == before
    assert not (tmp_path / "other" / "archive").exists()


class Machine:
    """A process with a home of its own, on which flows run; database and archive it shares."""

    def __init__(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.home = home
        monkeypatch.setenv("REXBIT_HOME", str(home))
        self.pool = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"))
        self.pool.submit(os.getpid).result()  # it has its environment now

    def run(self, flow: Callable[..., Any], *given: Any, **named: Any) -> Any:
        # a block does not survive being pickled; its settings do
        parts = [_settings(one) if isinstance(one, Block) else one for one in given]
        return self.pool.submit(_run, flow.__name__, parts, named).result()


def _settings(block: Block) -> tuple[type[Block], dict[str, Any]]:
    return type(block), block.model_dump(include=set(type(block).model_fields))


def _run(flow: str, given: list[Any], named: dict[str, Any]) -> Any:
    parts = [one[0].model_validate(one[1]) if isinstance(one, tuple) else one for one in given]
    return getattr(flows, flow)(*parts, **named)


@pytest.fixture
def machines(
    bucket: Bucket, orchestra: Orchestra, postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[list[Machine]]:
    """Three of them, and what they share."""
    monkeypatch.setenv("REXBIT_DATABASE_URL", postgres_url)
    monkeypatch.setenv("PREFECT_API_URL", f"{orchestra.url}/api")
    monkeypatch.setenv("PREFECT_LOGGING_TO_API_ENABLED", "false")
    made = [Machine(tmp_path / name, monkeypatch) for name in ("first", "second", "third")]
    yield made
    for machine in made:
        machine.pool.shutdown()


def test_workers_with_homes_of_their_own_share_it(world: World, machines: list[Machine]) -> None:
    one, two, three = machines
    before = world.everything()
    first, *others = world.references()
    world.write_feed([(reference, 30, 3) for reference in (first, *others)])
    one.run(import_catalog, world.shop)
    one.run(import_feed, world.feed)
    synced = two.run(sync_availability, world.shop)
    assert synced.written == len(others) + 1
    assert three.run(explain_product, first, world.shop).last_write.change_set_id == synced.change_set_id
    assert two.run(import_feed, world.feed).status == "unchanged"
    assert three.run(inspect_feed, world.feed, replay=1).replayed[0]["fault"] == ""
    assert three.run(undo_sync, world.shop, synced.change_set_id, "x").restored == synced.written
    assert world.everything() == before
    assert [list((machine.home / "archive").glob("*")) for machine in machines] == [[], [], []]


def begun() -> int:
    with open_state() as state, state.session(read_only=True) as session:
        return len(session.execute("change_sets_old", {"before": datetime.max.replace(tzinfo=UTC), "most": 9}))


def offered(world: World) -> None:
    world.write_feed([(reference, 30, 3) for reference in world.references()])
    import_catalog(world.shop)
    import_feed(world.feed)


def cut(way: Way, where: Any, name: str, sent: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut the line so many bytes after something was done."""
    real = getattr(where, name)

    def cutting(*given: Any) -> Any:
        done = real(*given)
        way.cut_after(sent)
        return done

    monkeypatch.setattr(where, name, cutting)


def test_nothing_is_written_before_its_plan_is_stored(world: World, way: Way, monkeypatch: pytest.MonkeyPatch) -> None:
    offered(world)
    before = world.everything()
    with monkeypatch.context() as patched:
        cut(way, objects, "lay", 500, patched)
        with pytest.raises(UnreachableError, match=r"s3://b\w+/rexbit: no usable answer"):
            sync_availability(world.shop)
    way.mend()
    assert (begun(), world.everything()) == (0, before)
    assert sync_availability(world.shop).written == len(world.references())


def test_outcomes_that_could_not_be_stored_are_made_up_for(
    world: World, way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered(world)
    before = world.everything()
    with monkeypatch.context() as patched:
        cut(way, Recorder, "end", 0, patched)
        with pytest.raises(UnreachableError):
            sync_availability(world.shop)
    way.mend()
    (written,) = [entry.name for entry in archive.entries("changes")]
    assert {name for _, name in archive.noted("untold")} == {written}
    assert sync_availability(world.shop).status == "unchanged"
    assert archive.noted("untold") == set()
    assert undo_sync(world.shop, written, "x").restored == len(world.references())
    assert world.everything() == before
