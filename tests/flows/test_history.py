"""`show_history`: the picture and the tables in a run's artifact, of a shop and of a product."""

from __future__ import annotations

import base64
import re
import struct
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from prefect_sqlalchemy import ConnectionComponents, SqlAlchemyConnector

from blocks import PrestashopDatabase
from demo.orchestra import Orchestra
from flows import import_catalog, import_feed, show_history, sync_availability
from tasks.errors import Refused
from tasks.history import product_history, supplier_history, switch_history, sync_history
from tasks.state import StateDatabase
from tests.flows.world import World
from tests.history.past import ACME, BRICO, SHOP, Past

pytestmark = pytest.mark.slow

COUNTED: dict[str, Any] = {"on": 90, "off": 10, "changed": 5, "enabled": 2, "disabled": 1}


@pytest.fixture
def past(prefect_api: None, state: StateDatabase, tmp_path: Path) -> Past:
    """An empty past, and a Prefect server to report to."""
    return Past(state, tmp_path)


@pytest.fixture
def shop() -> PrestashopDatabase:
    """The block of a shop that nobody has to reach."""
    parts = ConnectionComponents(driver="mysql+pymysql", host="127.0.0.1", database="none")
    return PrestashopDatabase(integration_id=SHOP, connection=SqlAlchemyConnector(connection_info=parts))


def artifact(orchestra: Orchestra, product: str = "") -> str:
    """What the run left."""
    key = f"show-history-integration-{SHOP}{product}"
    return str(httpx.get(f"{orchestra.url}/api/artifacts/{key}/latest").json()["data"])


def size(text: str) -> tuple[int, int]:
    """Width and height of the picture in an artifact."""
    png = base64.b64decode(re.findall(r"\(data:image/png;base64,([^)]+)\)", text)[0])
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def test_a_shop_by_day_and_supplier(past: Past, shop: PrestashopDatabase, orchestra: Orchestra) -> None:
    past.supplier(ACME, "Acme")
    for hours in range(50, 1, -1):
        past.run(past.ago(hours), **COUNTED, by_supplier={"6 on": hours, "6 off": 10, "6 changed": 5})
    past.run(past.ago(1), "failed", on=0)
    summary = show_history(shop, days=3)
    assert (summary.runs, summary.not_completed, summary.on, summary.off) == (50, 1, 90, 10)
    assert (summary.changed, summary.picture, summary.status) == (245, True, "completed")
    text = artifact(orchestra)
    assert size(text) > (800, 500)
    assert len(text) < 320_000
    assert "| Acme | 50 | 2 | 10 | 245 |" in text


def test_a_product_of_two_suppliers(past: Past, shop: PrestashopDatabase, orchestra: Orchestra) -> None:
    past.product()
    for number, name, stock in ((ACME, "Acme", 30), (BRICO, "Brico", 4)):
        past.supplier(number, name, external_product_id="K-1")
        offer = {"supplier_sku": "K-1", "stock_quantity": stock, "delivery_days": 2}
        past.snapshot(number, past.ago(5), offer)
        past.snapshot(number, past.ago(3), {**offer, "stock_quantity": stock - 1})
    past.change_set(past.ago(4), "0", "1")
    summary = show_history(shop, "AB-1")
    assert (summary.product_id, summary.suppliers, summary.versions, summary.left_out) == (1, 2, 4, 0)
    assert (summary.switched_on, summary.switched_off, summary.picture) == (1, 0, True)
    text = artifact(orchestra, "-ab-1")
    assert size(text) > (800, 500)
    assert re.search(r"\| 20\d\d-\d\d-\d\d \d\d:\d\d CES?T \| Acme \| 29 \| 30 \| 2 \| 2 \|", text)
    assert "can be ordered | below threshold" in text


def test_without_matplotlib_the_tables_are_there(
    past: Past, shop: PrestashopDatabase, orchestra: Orchestra, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    past.run(past.ago(1), **COUNTED)
    assert show_history(shop).picture is False
    text = artifact(orchestra)
    assert "pip install 'rexbit-flows[charts]'" in text
    assert "| 1 | 0 | 90 | 10 | 5 | 2 | 1 |" in text


def test_a_shop_without_a_past(past: Past, shop: PrestashopDatabase, orchestra: Orchestra) -> None:
    summary = show_history(shop)
    assert (summary.runs, summary.on, summary.picture) == (0, None, False)
    assert "No sync of this shop in 30 days" in artifact(orchestra)


def test_a_product_of_another_shop(past: Past, shop: PrestashopDatabase) -> None:
    past.product()
    with pytest.raises(Refused, match="not linked there"):
        show_history(shop.model_copy(update={"integration_id": SHOP + 1}), "AB-1")


def test_what_really_happened(world: World) -> None:
    ours, other, *_ = world.references()
    import_catalog(world.shop)
    for stock, days in ((30, 2), (3, 5), (40, 1)):
        world.write_feed([(ours, stock, days), (other, 50, 3)])
        import_feed(world.feed)
        sync_availability(world.shop)
    sync_availability(world.shop, limit=1)
    sync_availability(world.shop, dry_run=True)
    runs = sync_history(world.shop)
    assert runs[["on", "off", "changed", "enabled", "disabled"]].to_numpy().tolist() == [
        [2, 0, 2, 2, 0],
        [1, 1, 1, 0, 1],
        [2, 0, 1, 1, 0],
    ]
    suppliers = supplier_history(world.shop)
    assert suppliers[["supplier", "on", "off"]].to_numpy().tolist() == [[6, 2, 0], [6, 1, 1], [6, 2, 0]]
    told = product_history(ours)
    assert told[["stock_quantity", "delivery_days"]].to_numpy().tolist() == [[30, 2], [3, 5], [40, 1]]
    assert switch_history(ours)["is_on"].tolist() == [True, False, True]
    summary = show_history(world.shop, ours)
    assert (summary.switched_on, summary.switched_off, summary.versions) == (2, 1, 3)
