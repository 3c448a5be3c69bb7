"""A shop that was synced once, with a product for each cause that an explanation can name."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import psycopg
import pytest
from prefect_sqlalchemy import ConnectionComponents, SqlAlchemyConnector
from sqlalchemy.engine import make_url

from demo.servers import Postgres
from flows import import_catalog, import_feed, sync_availability
from tasks import archive
from tasks.errors import Quarantined
from tasks.explaining.answering import Place, gather, say
from tasks.explaining.facts import Facts
from tasks.explaining.model import Explanation
from tasks.linking import find_products
from tasks.state import open_state
from tests import parquet
from tests.flows.world import World

NAMES = (
    *("on", "below", "gone", "zero", "drift", "inactive", "not_for_order", "own", "own_off", "pin_off", "pin_on"),
    *("hold", "hidden", "held", "due", "silent", "no", "absent", "refused", "quiet"),
)
PASSWORD = "feed-secret-4711"
PINS = """id VARCHAR, integration_id BIGINT, product_id BIGINT, kind VARCHAR, reason VARCHAR, until TIMESTAMP,
  decided_by VARCHAR, decided_at TIMESTAMP, run_id VARCHAR"""


@dataclass
class Explained:
    """A shop that was synced once, with a product for each cause by a name."""

    world: World
    products: dict[str, str] = field(default_factory=dict)
    told: Facts | None = None

    def id(self, name: str) -> int:
        """The number in the shop."""
        rows = self.world.query(
            "SELECT min(id_product) AS id FROM ps_product WHERE reference = %s", self.products[name]
        )
        return int(rows[0]["id"])

    def product_id(self, name: str) -> int:
        """Our number."""
        with open_state() as state:
            return find_products(state, f"sku:{self.products[name]}", 7)[0].product_id

    def insert(self, table: str, columns: str, row: dict[str, Any]) -> None:
        """Put a row into our database."""
        path = Path(self.world.feed.source).with_name(f"{uuid.uuid4().hex}.parquet")
        with open_state() as state, state.session() as session:
            session.insert(table, parquet.write(path, columns, [row]))

    def execute(self, name: str, table: str, values: str) -> None:
        """Do something to a product in the shop's back office."""
        self.world.execute(f"UPDATE ps_{table} SET {values} WHERE id_product = %s", self.id(name))

    def tell(self, product: str, language: Literal["pl", "en"] = "en", **changed: Any) -> Explanation:
        """The explanation of a product by its name here or any text, with other settings of the shop."""
        policy = changed.pop("policy", {})
        told = {"policy": self.world.shop.policy.model_copy(update=policy), **changed}
        shop = self.world.shop.model_copy(update=told)
        folder = Path(self.world.feed.source).parent / uuid.uuid4().hex
        folder.mkdir()
        with open_state() as state:
            found = find_products(state, self.products.get(product, product), shop.integration_id)
            self.told = gather(Place(state, shop, folder, state.now()), found[0])
        return say(self.told, shop, language)

    def in_polish(self) -> str:
        """The cause of what was told last, in Polish, without its verdict."""
        assert self.told
        first = say(self.told, self.world.shop, "pl").text.splitlines()[0]
        return first.partition(": ")[2]


def fresh_schema(server: Postgres) -> str:
    schema = f"test_{uuid.uuid4().hex[:12]}"
    plain = make_url(server.url())
    with psycopg.connect(plain.set(drivername="postgresql").render_as_string(False), autocommit=True) as connection:
        connection.execute(f'CREATE SCHEMA "{schema}"'.encode())
    return plain.update_query_dict({"options": f"-csearch_path={schema}"}).render_as_string(False)


def set_link(shop: Explained, name: str, values: dict[str, Any]) -> None:
    """Make the link of the supplier hold something else, and the shop what is decided by it."""
    path = Path(shop.world.feed.source).with_name(f"{uuid.uuid4().hex}.parquet")
    row = {"integration_id": 6, "product_id": shop.product_id(name), "supplier_availability": json.dumps(values)}
    with open_state() as state, state.session() as session:
        columns = "integration_id BIGINT, product_id BIGINT, supplier_availability VARCHAR"
        key = ("integration_id", "product_id")
        session.update("integration_product_links", parquet.write(path, columns, [row]), key=key)
    sync_availability(shop.world.shop)


def prepare(shop: Explained) -> None:
    world, products = shop.world, shop.products
    products |= {kind: reference_of(world, id_product) for kind, id_product in KINDS.items()}
    stocks = {"below": 12, "zero": 0, "held": 3, "due": 12, "own_off": 2, "pin_on": 1, "gone": None, "twin": 34}
    world.execute("UPDATE ps_stock_available SET quantity = 0")
    for name in ("own", "own_off"):
        shop.execute(name, "stock_available", "quantity = 5")
    import_catalog(world.shop)
    lines = [
        (reference, stocks.get(name, 34), 3) for name, reference in products.items() if name not in {"gone", "silent"}
    ]
    sizes = world.query("SELECT reference FROM ps_product_attribute WHERE id_product = 6 ORDER BY 1")
    lines += [(row["reference"], 34 if place == 0 else 2, 3) for place, row in enumerate(sizes)]
    products |= {f"size_{place}": row["reference"] for place, row in enumerate(sizes[:2])}
    world.write_feed([*lines, ("NOBODY-1", 34, 3)])
    import_feed(world.feed)
    sync_availability(world.shop)
    world.write_feed([(products["held"], 50, 3), (products["on"], 34, 3)])
    world.feed.gate.min_affected = 1
    with pytest.raises(Quarantined):
        import_feed(world.feed)


KINDS = {"pack": 9, "virtual": 12, "future": 15, "warehouse": 18, "twin": 21}


def reference_of(world: World, id_product: int) -> str:
    return str(world.query("SELECT reference FROM ps_product WHERE id_product = %s", id_product)[0]["reference"])


def pin(shop: Explained, name: str, kind: str, until: datetime | None = None) -> None:
    row = {"id": name, "integration_id": 7, "product_id": shop.product_id(name), "kind": kind, "run_id": "r"}
    person = {"reason": "Returns to check", "decided_by": "anna", "decided_at": datetime(2026, 11, 2, 9, 30)}  # noqa: DTZ001
    shop.insert("pins", PINS, {**row, **person, "until": until})


def decide(shop: Explained, name: str, judgement: str) -> None:
    row = {"id": name, "integration_id": 6, "offer_key": shop.products[name], "judgement": judgement, "run_id": "r"}
    person = {"reason": "Another colour", "decided_by": "anna", "decided_at": datetime(2026, 11, 2, 9, 30)}  # noqa: DTZ001
    columns = """id VARCHAR, integration_id BIGINT, offer_key VARCHAR, product_id BIGINT, judgement VARCHAR,
      reason VARCHAR, decided_by VARCHAR, decided_at TIMESTAMP, run_id VARCHAR"""
    shop.insert("decisions", columns, {**row, **person, "product_id": shop.product_id(name)})


def drop_link(shop: Explained, name: str) -> None:
    path = Path(shop.world.feed.source).with_name(f"{uuid.uuid4().hex}.parquet")
    key = {"integration_id": 6, "product_id": shop.product_id(name)}
    with open_state() as state, state.session() as session:
        columns = "integration_id BIGINT, product_id BIGINT"
        session.delete("integration_product_links", parquet.write(path, columns, [key]), key=tuple(key))
        written = {"integration_id": 7, "id_product": shop.id(name)}
        columns = "integration_id BIGINT, id_product BIGINT"
        session.delete("shop_written", parquet.write(path, columns, [written]), key=tuple(written))


@contextmanager
def last_sync(shop: Explained, status: str, message: str = "") -> Iterator[None]:
    """A newest sync that ended so, for one test."""
    later = datetime.now(UTC) + timedelta(hours=1)
    values = {"id": f"later-{status}", "flow": "sync-availability", "integration_id": 7, "started_at": later}
    ended = {"id": values["id"], "ended_at": later, "status": status, "summary": "{}", "message": message}
    row = {"id": values["id"]}
    path = Path(shop.world.feed.source).with_name(f"{uuid.uuid4().hex}.parquet")
    with open_state() as state:
        with state.session() as session:
            session.execute("run_started", values)
            if status != "running":
                session.execute("run_ended", ended)
        yield
        with state.session() as session:
            session.delete("runs", parquet.write(path, "id VARCHAR", [row]), key=("id",))


@contextmanager
def outcome(shop: Explained, name: str, outcome: str) -> Iterator[None]:
    """What came of the flag in the newest change set, for one test."""
    with open_state() as state, state.session(read_only=True) as session:
        newest = session.execute("change_set_newest", {"integration_id": 7})[0]["id"]
    path = archive.find("changes", 7, newest) / "outcomes.parquet"
    before = path.read_bytes()
    row = {"id_product": shop.id(name), "id_product_attribute": 0, "field": "out_of_stock", "outcome": outcome}
    columns = """id_product BIGINT, id_product_attribute BIGINT, id_lang INTEGER, field VARCHAR, outcome VARCHAR,
      found VARCHAR, message VARCHAR"""
    parquet.write(path, columns, [{**row, "found": "0", "message": "row locked"}])
    yield
    path.write_bytes(before)


@contextmanager
def setting(shop: Explained, name: str, value: str) -> Iterator[None]:
    """A setting of the whole shop, for one test."""
    change = "UPDATE ps_configuration SET value = %s WHERE name = %s"
    before = shop.world.query("SELECT value FROM ps_configuration WHERE name = %s", name)[0]["value"]
    shop.world.execute(change, value, name)
    yield
    shop.world.execute(change, before, name)


def unreachable(shop: Explained) -> SqlAlchemyConnector:
    info = shop.world.shop.connection.connection_info
    assert isinstance(info, ConnectionComponents)
    return SqlAlchemyConnector(connection_info=info.model_copy(update={"port": 1}))
