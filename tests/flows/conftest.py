"""A Prefect server for all flow tests, a shop to write to, a state database and an archive of its own a test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from prefect.events.worker import EventsWorker
from prefect.settings import (
    PREFECT_API_SSL_CERT_FILE,
    PREFECT_API_URL,
    PREFECT_FLOWS_HEARTBEAT_FREQUENCY,
    PREFECT_LOGGING_TO_API_ENABLED,
    temporary_settings,
)
from prefect_sqlalchemy import ConnectionComponents, SqlAlchemyConnector
from trustme import CA

from blocks import PrestashopDatabase, SupplierFeed
from demo.orchestra import Orchestra, start_orchestra
from demo.servers import MariaDb, start_mariadb
from demo.shop import make_shop
from tests.flows.world import AT_ONCE, MAPPING, TEXTS, World


@pytest.fixture(scope="session")
def orchestra(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orchestra]:
    """One Prefect server for the session."""
    with start_orchestra(tmp_path_factory.mktemp("prefect")) as running:
        yield running


@pytest.fixture(scope="session")
def prefect_api(orchestra: Orchestra, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Flows that a test calls as functions report to that server, without what only costs time here.

    That is a heartbeat, whose end takes a second; log lines sent to the server, as the tests read them where they are
    written; and all of the system's certificates, read by each of Prefect's clients though nothing here has TLS.
    """
    certificate = tmp_path_factory.mktemp("certificate") / "one.pem"
    CA().cert_pem.write_to_path(str(certificate))
    settings: dict[Any, Any] = {
        PREFECT_API_URL: f"{orchestra.url}/api",
        PREFECT_API_SSL_CERT_FILE: str(certificate),
        PREFECT_LOGGING_TO_API_ENABLED: False,
        PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None,
    }
    with temporary_settings(settings):
        yield
        # while the server still answers: without it this process would try for a minute to send its last events
        EventsWorker.drain_all(timeout=30)


@pytest.fixture
def shop_database(mariadb: MariaDb) -> Iterator[Callable[..., str]]:
    """Make databases (`name`, optional charset) that are dropped after the test."""
    made: list[str] = []

    def make(name: str = "flow_shop", charset: str | None = None) -> str:
        mariadb.drop_database(name)
        mariadb.create_database(name, charset)
        made.append(name)
        return name

    yield make
    for name in made:
        mariadb.drop_database(name)


@pytest.fixture
def home(rexbit_home: Path, prefect_api: None) -> Path:
    """An empty home (embedded state database and archive), and a Prefect server to report to."""
    return rexbit_home


@pytest.fixture(scope="session")
def latin1_mariadb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MariaDb]:
    """A MariaDB server whose default character set is latin1, as many a host has it."""
    with start_mariadb(tmp_path_factory.mktemp("latin1"), charset="latin1", durable=False) as server:
        yield server


def block_of(mariadb: MariaDb, database: str, **settings: Any) -> PrestashopDatabase:
    parts = ConnectionComponents(
        driver="mysql+pymysql",
        host=mariadb.host,
        port=mariadb.port,
        database=database,
        username=mariadb.user,
        password=mariadb.password,
    )
    given = {"product_listing_enabled": True, "policy": {"texts": TEXTS}, **settings}
    return PrestashopDatabase(integration_id=7, connection=SqlAlchemyConnector(connection_info=parts), **given)


@pytest.fixture
def world(mariadb: MariaDb, shop_database: Callable[..., str], home: Path, tmp_path: Path) -> World:
    """A small synthetic shop and a feed file that a test writes."""
    database = shop_database()
    with mariadb.connect(database) as connection:
        make_shop(connection, products=40)
    source = str(tmp_path / "acme.csv")
    feed = SupplierFeed(integration_id=6, contractor_id=5, source=source, mapping=MAPPING, fetching=AT_ONCE)
    return World(mariadb, database, block_of(mariadb, database), feed)


@pytest.fixture
def shop_block(mariadb: MariaDb) -> Callable[..., PrestashopDatabase]:
    """Make the block of a database."""
    return lambda database, **settings: block_of(mariadb, database, **settings)
