"""A sync undone: as the shop was before it, whatever crashes, and not done again by the next sync."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flows import import_feed, pin_product, release_products, sync_availability, undo_sync
from tasks import archive
from tasks.availability import pausing
from tasks.errors import Refused, WrongSettingsError
from tasks.prestashop.record import Recorder
from tasks.state import open_state
from tests.flows.world import World
from tests.flows.written import Crashed, crash, write_all
from tests.parquet import read

Rows = list[dict[str, Any]]


@pytest.fixture
def table(tmp_path: Path) -> Callable[[str], Rows]:
    """All rows of a table of ours."""

    def read_all(name: str) -> Rows:
        with open_state() as state:
            return read(state.read(name, tmp_path / f"{name}.parquet"))

    return read_all


def written_by(world: World) -> str:
    """The change set of a first sync of every product."""
    return str(write_all(world).change_set_id)


def set_text(world: World, reference: str, text: str) -> None:
    world.execute(
        "UPDATE ps_product_lang JOIN ps_product USING (id_product) SET available_later = %s"
        " WHERE reference = %s AND id_lang = 1",
        text,
        reference,
    )


def test_a_run_undone_pauses_the_shop_until_it_is_taken_up_again(world: World, state_url: str) -> None:
    before = world.everything()
    first = written_by(world)
    ours = world.everything()
    summary = undo_sync(world.shop, first, "złe stany")
    assert (summary.status, summary.paused, summary.held, summary.pins) == ("completed", True, 0, 1)
    assert (summary.restored, summary.refused, world.everything()) == (len(world.references()), 0, before)
    assert summary.hold_until is not None
    assert timedelta(days=6) < summary.hold_until - datetime.now(UTC) < timedelta(days=8)

    again = undo_sync(world.shop, first, "złe stany")
    assert (again.status, again.restored, again.paused, again.pins) == ("unchanged", 0, False, 1)
    with pytest.raises(Refused, match=rf"paused until 2\d.*undone: złe stany \(change set {first}\).*take_back"):
        sync_availability(world.shop)
    assert sync_availability(world.shop, dry_run=True).changed == summary.restored
    assert world.everything() == before

    release_products(world.shop, "stany poprawione", whole_shop=True, take_back=True)
    assert (sync_availability(world.shop).status, world.everything()) == ("completed", ours)


@pytest.mark.slow
def test_a_product_undone_is_left_alone_by_the_next_sync(world: World, table: Callable[[str], Rows]) -> None:
    before = world.everything()
    first = written_by(world)
    own, pinned, other = world.references()[:3]
    pin_product(world.shop, pinned, "on", "targi")
    originals = {row["original"] for row in table("shop_written") if row["field"] == "out_of_stock"}
    shown = undo_sync(world.shop, first, "x", products=[own, pinned], dry_run=True)
    assert (shown.restored, world.text(own, "pl"), len(table("pins"))) == (2, "Wysyłka za 3 dni", 1)

    summary = undo_sync(world.shop, first, "x", products=[own, pinned], hold_days=2)
    assert (summary.restored, summary.held, summary.paused) == (2, 1, False)
    assert world.flag(own) == next(row["out_of_stock"] for row in before["stock_available"])
    assert (world.text(own, "pl"), world.text(other, "pl")) == ("", "Wysyłka za 3 dni")
    assert {row["original"] for row in table("shop_written") if row["field"] == "out_of_stock"} == originals
    assert undo_sync(world.shop, first, "x", products=[own, pinned]).status == "unchanged"
    synced = sync_availability(world.shop)
    assert (synced.skipped["held"], synced.changed) == (1, 1)  # a word that stands there is obeyed, not replaced
    assert (world.text(own, "pl"), world.text(pinned, "pl")) == ("", "Wysyłka za 3 dni")


@pytest.mark.slow
def test_what_changed_since_is_refused_by_name_and_left_alone(world: World, table: Callable[[str], Rows]) -> None:
    before = world.everything()
    first = written_by(world)
    own, later, *rest = world.references()
    set_text(world, own, "Ręcznie")
    world.write_feed([(later, 30, 5), *((reference, 30, 3) for reference in (own, *rest))])
    import_feed(world.feed)
    second = str(sync_availability(world.shop).change_set_id)
    summary = undo_sync(world.shop, first, "x")
    assert (summary.restored, summary.refused) == (len(rest) + 1, 2)  # the flag and the other text of `own` too
    assert summary.kept == {"changed_by_another": 1, "changed_by_a_later_run": 3}
    assert (world.text(own, "pl"), world.text(own, "en")) == ("Ręcznie", "")
    assert (world.text(later, "pl"), world.flag(later)) == ("Wysyłka za 5 dni", 1)
    undo_sync(world.shop, second, "x")
    assert undo_sync(world.shop, first, "x").kept == {"changed_by_another": 1}
    set_text(world, own, "")
    assert world.everything() == before


@pytest.mark.slow
def test_an_undo_is_undone_by_its_own_change_set(world: World, table: Callable[[str], Rows]) -> None:
    first = written_by(world)
    ours, recorded = world.everything(), {(r["field"], r["value"], r["original"]) for r in table("shop_written")}
    undone = undo_sync(world.shop, first, "pomyłka")
    place = archive.find("changes", 7, str(undone.change_set_id))
    assert {row["reason_code"] for row in read(place / "changes.parquet")} == {"undone"}
    assert {row["outcome"] for row in read(place / "outcomes.parquet")} == {"written"}
    assert undo_sync(world.shop, str(undone.change_set_id), "jednak dobrze").restored == undone.restored
    assert world.everything() == ours
    assert {(row["field"], row["value"], row["original"]) for row in table("shop_written")} == recorded


@pytest.mark.slow
@pytest.mark.parametrize(("place", "step"), [(Recorder, "windows"), (pausing, "make_pin")])
def test_a_crash_at_any_step_and_a_second_run_end_the_same(
    world: World, table: Callable[[str], Rows], monkeypatch: pytest.MonkeyPatch, place: Any, step: str
) -> None:
    before = world.everything()
    first = written_by(world)
    with monkeypatch.context() as patched:
        patched.setattr(place, step, crash)
        with pytest.raises(Crashed):
            undo_sync(world.shop, first, "x")
    assert (world.everything(), table("pins")) == (before, [])
    summary = undo_sync(world.shop, first, "x")
    assert (summary.status, summary.kept, summary.paused, summary.pins) == ("completed", {}, True, 1)
    assert world.everything() == before
    assert all(row["value"] == row["original"] for row in table("shop_written"))


@pytest.mark.slow
def test_what_a_crashed_sync_wrote_is_undone_too(
    world: World, table: Callable[[str], Rows], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = world.everything()
    with monkeypatch.context() as patched:
        patched.setattr(Recorder, "windows", crash)
        with pytest.raises(Crashed):
            write_all(world)
    (crashed,) = table("change_sets")
    assert undo_sync(world.shop, crashed["id"], "x").kept == {}
    assert (world.everything(), {row["value"] == row["original"] for row in table("shop_written")}) == (before, {True})


@pytest.mark.slow
def test_what_can_not_be_undone_is_refused_and_why(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(Recorder, "begin", crash)
        with pytest.raises(Crashed):
            write_all(world)
    (planned,) = (folder.name for folder in (archive.archive_root() / "changes" / "7").iterdir())
    first = written_by(world)
    own = world.references()[0]
    set_text(world, own, "Ręcznie")
    dry = str(sync_availability(world.shop, compare="shop", dry_run=True).change_set_id)
    released = str(release_products(world.shop, "x", product=world.references()[1]).change_set_id)
    other = world.shop.model_copy(update={"integration_id": 8})
    off = world.shop.model_copy(update={"product_listing_enabled": False})
    ours = world.everything()
    for shop, name, more, told in (
        (world.shop, "c7-no-such", {}, "none that we know"),
        (world.shop, planned, {}, "of which nothing was written: there is nothing to undo"),
        (world.shop, dry, {}, "a dry run's: there is nothing to undo"),
        (other, first, {}, r"of this shop \(integration 8\), got .* of integration 7"),
        (world.shop, released, {}, "gave products back.*take_back"),
        (world.shop, first, {"products": []}, "got an empty list"),
        (world.shop, released, {"products": [own]}, "gave products back"),
        (off, first, {}, "switched off"),
        (world.shop, first, {"reason": " "}, "reason: expected"),
    ):
        with pytest.raises(Refused, match=told):
            undo_sync(**{"shop": shop, "change_set_id": name, "reason": "x", **more})  # type: ignore[call-overload]
    shutil.rmtree(archive.find("changes", 7, first))
    with pytest.raises(WrongSettingsError, match="can't be told any more"):
        undo_sync(world.shop, first, "x")
    assert world.everything() == ours
