"""A feed that is switched off: nothing is done, nobody is alarmed, and what it holds stays."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from flows import check_integration, import_catalog, import_feed
from tasks import feeds
from tests.flows.world import World

pytestmark = pytest.mark.slow


def held(home: Path) -> list[list[Any]]:
    """What the state database knows of feeds: how they are doing, their snapshots, their links."""
    tables = ("feed_health", "feed_snapshots", "integration_product_links", "unmatched_offers")
    with contextlib.closing(sqlite3.connect(home / "rexbit.db")) as connection:
        return [connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall() for table in tables]


def test_an_import_of_it_ends_at_once(
    world: World, home: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    import_catalog(world.shop)
    world.write_feed((reference, 30, 2) for reference in world.references()[:10])
    import_feed(world.feed)
    before = held(home)
    Path(world.feed.source).unlink()  # it is not even fetched
    alarms: list[Any] = []
    monkeypatch.setattr(feeds, "alert", lambda *told: alarms.append(told))
    done = import_feed(world.feed.model_copy(update={"enabled": False}))
    assert (done.status, done.created, done.snapshot_id) == ("switched_off", 0, None)
    assert "is switched off (`Switched on` in its block). Nothing was done" in done.warnings[0]
    assert done.warnings[0] in caplog.text
    assert (held(home), alarms) == (before, [])


def test_nothing_of_it_is_approved(world: World) -> None:
    off = world.feed.model_copy(update={"enabled": False})
    assert import_feed(off, approve="f6-20261124T050500-1a2b3c4d").status == "switched_off"


def test_it_can_be_tried(world: World) -> None:
    import_catalog(world.shop)
    world.write_feed((reference, 30, 2) for reference in world.references()[:10])
    off = world.feed.model_copy(update={"enabled": False})
    assert import_feed(off, dry_run=True).created == 10
    found = {check.name: check for check in check_integration(off).checks}
    assert (found["switched on"].ok, found["switched on"].found) == (None, "off: imports do nothing")
    assert "switched on" not in {check.name for check in check_integration(world.feed).checks}
