"""`kill -9` in the middle of a sync: the next one waits for the dead one's lease and finishes; nothing is lost."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import pytest

from blocks import SupplierFeed
from demo.orchestra import Orchestra
from demo.servers import MariaDb
from demo.shop import make_shop
from flows import import_catalog, import_feed, sync_availability
from tasks import archive
from tasks.prestashop.aftercare import outbox
from tasks.state import open_state
from tests.flows.conftest import block_of
from tests.flows.world import MAPPING, World
from tests.parquet import read

PRODUCTS = 5_000  # three windows
LONGEST_SECONDS = 60

pytestmark = pytest.mark.slow


def sync_in_child(mariadb: dict[str, Any], database: str) -> None:
    """Sync the shop in a process of its own."""
    sync_availability(block_of(MariaDb(None, **mariadb), database))  # type: ignore[arg-type]


@pytest.fixture
def world(mariadb: MariaDb, shop_database: Callable[..., str], home: Path, tmp_path: Path) -> World:
    database = shop_database("crash_shop")
    with mariadb.connect(database) as connection:
        make_shop(connection, products=PRODUCTS)
    feed = SupplierFeed(integration_id=6, contractor_id=5, source=str(tmp_path / "acme.csv"), mapping=MAPPING)
    return World(mariadb, database, block_of(mariadb, database), feed)


def wait_until_it_waits(world: World, child: BaseProcess) -> None:
    """Until some transaction of the shop waits for a row that another one holds."""
    deadline = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < deadline and child.is_alive():
        if world.query("SELECT 1 FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'"):
            return
        time.sleep(0.2)  # asked again within 0.1 s, InnoDB answers with what it knew before
    raise AssertionError(f"the sync did not come to the locked row within {LONGEST_SECONDS} s ({child})")


def kill_in_the_middle(world: World) -> None:
    """Start a sync in a process of its own and kill it while it waits for a row of a later window."""
    (row,) = world.query(
        "SELECT max(id_product) AS id FROM ps_product JOIN ps_stock_available USING (id_product)"
        " WHERE is_virtual = 0 AND cache_is_pack = 0 AND depends_on_stock = 0 AND id_shop = 1"
    )
    parts = {name: getattr(world.mariadb, name) for name in ("port", "password", "socket")}
    child = multiprocessing.get_context("spawn").Process(
        target=sync_in_child, args=(parts, world.database), daemon=True
    )
    with world.mariadb.connect(world.database) as holder, holder.cursor() as cursor:
        holder.begin()
        cursor.execute("SELECT * FROM ps_stock_available WHERE id_product >= %s FOR UPDATE", (row["id"] - 500,))
        child.start()
        wait_until_it_waits(world, child)
        child.kill()
        child.join(LONGEST_SECONDS)
        holder.rollback()
    assert child.exitcode == -9


def originals(folder: Path) -> dict[tuple[Any, ...], str | None]:
    with open_state() as state:
        rows = read(state.read("shop_written", folder / "written.parquet"))
    return {(r["id_product"], r["id_product_attribute"], r["id_lang"], r["field"]): r["original"] for r in rows}


def test_the_next_sync_finishes_what_a_killed_one_began(
    world: World, state_url: str, orchestra: Orchestra, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_API_URL", f"{orchestra.url}/api")  # which the child reads when it starts
    ours = set(world.references())
    world.write_feed([(reference, 30, 3) for reference in ours])
    import_catalog(world.shop)
    import_feed(world.feed)
    flags = {
        (row["id_product"], row["id_product_attribute"], 0, "out_of_stock"): str(row["out_of_stock"])
        for row in world.query("SELECT * FROM ps_stock_available WHERE id_shop = 1")
    }
    kill_in_the_middle(world)
    done = world.query("SELECT count(*) AS n FROM ps_product_lang WHERE available_later = 'Wysyłka za 3 dni'")[0]["n"]
    (untold,) = outbox.waiting(7)
    assert done > 0, "killed before it wrote anything: that is no crash in the middle"

    synced = sync_availability(world.shop)  # waits for the end of the dead one's lease
    assert (synced.status, synced.left, synced.failed) == ("completed", 0, 0)
    assert outbox.waiting(7) == []
    told = (archive.find("changes", 7, untold.change_set_id) / "touched.csv").read_text().splitlines()
    assert len(told) > done  # with its head: all that the dead one may have written
    for id_lang, text in ((1, "Wysyłka za 3 dni"), (2, "Ships in 3 days")):
        rows = world.query(
            "SELECT p.reference, l.available_later FROM ps_product p JOIN ps_product_lang l USING (id_product)"
            " WHERE l.id_shop = 1 AND l.id_lang = %s",
            id_lang,
        )
        assert {row["available_later"] for row in rows if row["reference"] in ours} == {text}
    found = originals(tmp_path)
    assert {key: found[key] for key in found if key[3] == "out_of_stock"} == {
        key: flags[key] for key in found if key[3] == "out_of_stock"
    }
    assert sync_availability(world.shop, compare="shop").status == "unchanged"
