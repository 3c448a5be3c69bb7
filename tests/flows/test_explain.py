"""Why a product is off, or on: one test a cause, on a real shop, with our records in each kind of database."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import duckdb
import psycopg
import pytest
from prefect_sqlalchemy import ConnectionComponents, SqlAlchemyConnector
from sqlalchemy.engine import make_url

from blocks import PolicyException, PrestashopDatabase, SupplierFeed
from demo.servers import MariaDb, Postgres
from demo.shop import make_shop
from flows import explain_product, import_catalog, import_feed, sync_availability
from tasks import archive
from tasks.errors import Quarantined, Refused
from tasks.explaining.answering import Place, explain
from tasks.explaining.model import Explanation
from tasks.linking import find_products
from tasks.state import open_state
from tests import parquet
from tests.flows.conftest import block_of
from tests.flows.world import AT_ONCE, MAPPING, TEXTS, World

NAMES = "on below gone zero drift inactive not_for_order own own_off pin_off pin_on hold hidden held due silent no absent refused failed left quiet".split()
PASSWORD = "feed-secret-4711"
PINS = """id VARCHAR, integration_id BIGINT, product_id BIGINT, kind VARCHAR, reason VARCHAR, until TIMESTAMP,
  decided_by VARCHAR, decided_at TIMESTAMP, run_id VARCHAR"""


@dataclass
class Explained:
    """A shop that was synced once, with a product for each cause by a name."""

    world: World
    products: dict[str, str] = field(default_factory=dict)

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
            return explain(Place(state, shop, folder, state.now()), found[0], language)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def home(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, prefect_api: None) -> Iterator[Path]:
    """A home for all tests of this file, with each kind of database."""
    folder = tmp_path_factory.mktemp("explained")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("REXBIT_DATABASE_URL", "REXBIT_ARCHIVE"):
            patch.delenv(name, raising=False)
        patch.setenv("REXBIT_HOME", str(folder))
        if request.param == "postgresql":
            patch.setenv("REXBIT_DATABASE_URL", fresh_schema(request.getfixturevalue("postgres")))
        yield folder


def fresh_schema(server: Postgres) -> str:
    schema = f"test_{uuid.uuid4().hex[:12]}"
    plain = make_url(server.url())
    with psycopg.connect(plain.set(drivername="postgresql").render_as_string(False), autocommit=True) as connection:
        connection.execute(f'CREATE SCHEMA "{schema}"'.encode())
    return plain.update_query_dict({"options": f"-csearch_path={schema}"}).render_as_string(False)


@pytest.fixture(scope="module")
def shop(mariadb: MariaDb, home: Path) -> Iterator[Explained]:
    """The shop, its feed imported and synced, and a newer file of the feed that is held back."""
    database = "explained_shop"
    mariadb.drop_database(database)
    mariadb.create_database(database)
    with mariadb.connect(database) as connection:
        make_shop(connection, products=60)
    feed = SupplierFeed(
        integration_id=6, source=str(home / "acme.csv"), mapping=MAPPING, fetching=AT_ONCE, password=PASSWORD
    )
    feed._block_document_name = "acme"
    world = World(mariadb, database, block_of(mariadb, database), feed)
    explained = Explained(world, dict(zip(NAMES, world.references(), strict=False)))
    prepare(explained)
    yield explained
    mariadb.drop_database(database)


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


def said(told: Explanation) -> tuple[str, bool | None, str]:
    """What a test looks at: the code, the verdict, and the first line without it."""
    first = told.text.splitlines()[0]
    assert first == told.cause
    return told.code, told.can_be_ordered, first.partition(": ")[2]


def polish(told: Explanation) -> str:
    return told.text.splitlines()[0].partition(": ")[2]


def test_can_be_ordered(shop: Explained) -> None:
    words = "supplier acme has 34 pieces (threshold: 20), it leaves in 3 days."
    assert said(shop.tell("on")) == ("enough_stock", True, words)
    assert shop.tell("on").cause == f"Can be ordered: {words}"


def test_can_be_ordered_in_polish(shop: Explained) -> None:
    words = "Można zamówić: dostawca acme ma 34 sztuki (próg: 20), wyśle za 3 dni."
    assert str(shop.tell("on", "pl")).splitlines()[0] == words


def test_below_the_threshold(shop: Explained) -> None:
    words = "the best supplier acme has 12 pieces, the threshold is 20 pieces (the shop's policy)."
    assert said(shop.tell("below")) == ("below_threshold", False, words)
    words = "najlepszy dostawca acme ma 12 sztuk, a próg wynosi 20 sztuk (polityka sklepu)."
    assert polish(shop.tell("below", "pl")) == words


def test_below_the_threshold_of_an_exception(shop: Explained) -> None:
    code = shop.products["below"]
    exceptions = [PolicyException(product=code, min_stock_threshold=13)]
    told = shop.tell("below", policy={"exceptions": exceptions})
    assert said(told)[2].endswith(f"the threshold is 13 pieces (exception for the product {code}).")


def test_below_the_threshold_to_come_back(shop: Explained) -> None:
    told = shop.tell("below", policy={"min_stock_threshold": 10, "resume_threshold": 15})
    assert said(told)[2].endswith("the threshold is 15 pieces (to come back, as it was off).")


def test_the_supplier_says_no(shop: Explained) -> None:
    set_link(shop, "no", {"is_available": False})
    assert said(shop.tell("no")) == ("not_available", False, "supplier acme says that it is not available.")
    assert polish(shop.tell("no", "pl")) == "dostawca acme podaje, że jest niedostępny."


def test_no_supplier_offers_it_any_more(shop: Explained) -> None:
    set_link(shop, "absent", {"is_available": False, "stock_quantity": 0})
    since = datetime(2026, 11, 3, 5, 0)  # noqa: DTZ001
    row = {"integration_id": 6, "product_id": shop.product_id("absent"), "first_missing_at": since, "contents": 2}
    shop.insert("absences", parquet.ABSENCES, {**row, "last_content_hash": "x"})
    words = "no supplier offers it any more: the file of supplier acme has not had it since 3.11.2026 06:00."
    assert said(shop.tell("absent")) == ("absent", False, words)
    words = "żaden dostawca już go nie oferuje: w pliku dostawcy acme nie ma go od 3.11.2026 06:00."
    assert polish(shop.tell("absent", "pl")) == words


def test_never_offered(shop: Explained) -> None:
    code, _, words = said(shop.tell("silent"))
    assert (code, words) == (
        "never_offered",
        "no supplier offers it, so nothing of it is ever changed (the shop decides by itself).",
    )
    words = "żaden dostawca go nie oferuje, więc niczego w nim nie zmieniamy (sklep decyduje sam)."
    assert polish(shop.tell("silent", "pl")) == words
