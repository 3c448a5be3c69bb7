"""Whole flows over both ways to a shop: the same summaries, and the same shop after each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from blocks import ShopBlock, SupplierFeed
from demo.servers import MariaDb
from demo.shop import make_shop
from flows import import_catalog, import_feed, release_products, sync_availability, undo_sync
from tests.flows.world import AT_ONCE, MAPPING, TEXTS, World
from tests.prestashop.bench import Bench
from tests.prestashop.conftest import VERSIONS
from tests.prestashop.parity import Twins, twins_of

pytestmark = pytest.mark.slow
OLDEST, OLD, MODERN, NEWEST = VERSIONS
SIZES = """SELECT min(a.reference) FROM ps_product_attribute a JOIN ps_product p USING (id_product)
  WHERE a.reference NOT IN ('', p.reference) GROUP BY upper(a.reference) HAVING count(*) = 1"""
OF_ONE_RUN = {"change_set_id", "undone", "snapshot_id", "hold_until"}
Flow = Callable[[ShopBlock], BaseModel]


class Pair:
    """Two shops that are equal but for the way to them, each with a home of its own; they share a supplier."""

    def __init__(self, twins: Twins, world: World, patch: pytest.MonkeyPatch) -> None:
        self.twins = twins
        self.policy: dict[str, Any] = {}
        self.sizes: list[str] = []
        self._world = world
        self._patch = patch

    def both(self, flow: Flow) -> dict[str, Any]:
        """Run a flow on both shops: what it told, the same of each, and it left the same shops behind."""
        told = []
        for block in self.twins.blocks(policy={"texts": TEXTS, **self.policy}):
            self._patch.setenv("REXBIT_HOME", str(self.twins.database.folder / type(block).__name__))
            told.append(flow(block).model_dump(exclude=OF_ONE_RUN))
        assert told[1] == told[0]
        assert self.twins.differences() == []
        return told[1]

    def offer(self, stock: int, days: int, but: int = 0) -> dict[str, Any]:
        """Let the supplier have so many of each product, and none of the first few; import that."""
        lines = enumerate([*self._world.references(), *self.sizes])
        self._world.write_feed([(reference, stock if place >= but else 0, days) for place, reference in lines])
        return self.both(lambda _: import_feed(self._world.feed))

    def sync(self, **settings: Any) -> dict[str, Any]:
        """Sync both."""
        return self.both(lambda block: sync_availability(block, **settings))


@pytest.fixture
def pair(
    request: pytest.FixtureRequest, mariadb: MariaDb, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Pair]:
    """Shops whose catalogues are known already."""
    mariadb.drop_database("both_ways")
    mariadb.create_database("both_ways")
    with mariadb.connect("both_ways") as connection:
        make_shop(connection, products=40, version=getattr(request, "param", MODERN))
    source = str(tmp_path / "acme.csv")
    feed = SupplierFeed(integration_id=6, contractor_id=5, source=source, mapping=MAPPING, fetching=AT_ONCE)
    bench = Bench(mariadb, "both_ways", tmp_path)
    with twins_of(bench, tmp_path) as twins:
        made = Pair(twins, World(mariadb, bench.database, bench.block(), feed), monkeypatch)
        made.both(import_catalog)
        yield made


def first_sync(pair: Pair) -> dict[str, Any]:
    """A sync of everything, and a second one that finds nothing to do."""
    pair.offer(30, 3)
    first = pair.sync()
    assert (first["status"], first["written"], first["failed"]) == ("completed", first["changed"], 0)
    pair.twins.service.requests.clear()
    second = pair.sync()
    assert (second["status"], second["rows_written"]) == ("unchanged", 0)
    assert {one.method for one in pair.twins.service.requests} == {"GET"}
    return first


@pytest.mark.parametrize("pair", [OLDEST, NEWEST], indirect=True)
def test_the_way_of_the_data(pair: Pair) -> None:
    assert first_sync(pair)["written"] > 0


@pytest.mark.parametrize("pair", [OLD, MODERN], indirect=True)
def test_the_way_of_the_data_and_back(pair: Pair) -> None:
    first = first_sync(pair)
    pair.offer(30, 5, but=3)
    change_sets: dict[type[ShopBlock], str] = {}

    def sync(block: ShopBlock) -> BaseModel:
        summary = sync_availability(block)
        change_sets[type(block)] = str(summary.change_set_id)
        return summary

    assert pair.both(sync)["disabled"] == 3
    undone = pair.both(lambda block: undo_sync(block, change_sets[type(block)], "złe stany"))
    assert (undone["status"], undone["refused"]) == ("completed", 0)
    given_back = pair.both(lambda block: release_products(block, "koniec", whole_shop=True))
    assert (given_back["written"], given_back["failed"]) == (first["written"], 0)


def test_what_somebody_changed_in_the_shop_is_found(pair: Pair) -> None:
    pair.offer(30, 3)
    pair.sync()
    pair.twins.sql("UPDATE ps_stock_available SET out_of_stock = 0 WHERE id_product IN (1, 2)")
    pair.twins.sql("UPDATE ps_product_lang SET available_later = 'Ręcznie' WHERE id_product = 4 AND id_lang = 1")
    assert pair.sync(compare="shop")["written"] > 0


def test_pieces_of_sizes(pair: Pair) -> None:
    pieces = "SELECT sum(quantity) FROM ps_stock_available WHERE id_shop = 1"
    pair.policy = {"combinations": "quantities"}
    pair.sizes = [row[0] for row in pair.twins.database.sql(SIZES)]
    before = pair.twins.webservice.one(pieces)
    pair.offer(30, 3)
    assert (pair.sync()["failed"], pair.twins.webservice.one(pieces) > before) == (0, True)
    pair.offer(60, 3)
    assert pair.sync()["failed"] == 0
    pair.both(lambda block: release_products(block, "koniec", whole_shop=True))
    assert pair.twins.webservice.one(pieces) == before
