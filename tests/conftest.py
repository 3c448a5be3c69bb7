"""What tests of several rooms share: real servers, started once, and databases of our own made fresh."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from demo.servers import MariaDb, Postgres, start_mariadb, start_postgresql
from tasks.archive import reaching
from tasks.archive.remote import system
from tasks.state import StateDatabase, open_state
from tests.archive.bucket import Bucket, Way, start_storage
from tests.crashes import healing_table, table

OURS = ("REXBIT_DATABASE_URL", "REXBIT_ARCHIVE", "REXBIT_ARCHIVE_CACHE_MB", "PREFECT_API_URL")
LONGEST_FIRST = (
    "tests/flows/test_worker.py",
    "tests/crashes",
    "tests/feeds/test_replay.py",
    "tests/test_checklist.py",
    "tests/test_soak.py",
    "tests/deploying",
    "tests/browser",
    "tests/flows",
    "tests/prestashop",
)
# what these do is the same on both databases: `make test` shows it on PostgreSQL, `make verify` on SQLite too
ON_POSTGRESQL_FIRST = (
    *(
        f"tests/flows/test_{name}.py"
        for name in ("explain", "history", "multistore", "pins", "release", "review", "undo")
    ),
    "tests/metrics/test_values.py",
    "tests/operations/",
)
# what a stand-in does by itself; `make test` has the driver that is built on it
OF_STAND_INS = "tests/webservice/"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what takes long first: begun last, it would keep one process busy while the others have nothing left."""

    def place(item: pytest.Item) -> int:
        return next((n for n, name in enumerate(LONGEST_FIRST) if item.nodeid.startswith(name)), len(LONGEST_FIRST))

    items.sort(key=place)  # which leaves the order within a file as it is
    for item in items:
        on_sqlite_too = item.nodeid.startswith(ON_POSTGRESQL_FIRST) and "sqlite" in item.nodeid
        if on_sqlite_too or item.nodeid.startswith(OF_STAND_INS):
            item.add_marker(pytest.mark.slow)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show the tables of the faults that were tried and of the time to heal, where they were."""
    table.show(terminalreporter)
    healing_table.show(terminalreporter)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A PostgreSQL server of the tests' own."""
    with start_postgresql(tmp_path_factory.mktemp("postgresql"), durable=False) as server:
        yield server


@pytest.fixture(scope="session")
def mariadb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MariaDb]:
    """A MariaDB server of the tests' own."""
    with start_mariadb(tmp_path_factory.mktemp("mariadb"), durable=False) as server:
        yield server


@pytest.fixture(scope="session")
def storage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of an object storage of the tests' own, which speaks S3."""
    with start_storage(tmp_path_factory.mktemp("storage")) as port:
        yield port


@pytest.fixture
def bucket(storage: int, rexbit_home: Path, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    """An empty bucket, set as our archive; nobody waits before trying again."""
    made = Bucket(storage)
    for name, value in made.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(reaching, "PAUSES", (0, 0))
    return made


@pytest.fixture
def way(bucket: Bucket, storage: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[Way]:
    """A way to the bucket that can be cut; all that we do goes there."""
    made = Way(storage)
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", f"http://127.0.0.1:{made.port}")
    system.cache_clear()
    yield made
    system.cache_clear()
    made.close()


@pytest.fixture
def rexbit_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home folder, and none of our variables set beside it."""
    for name in OURS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("REXBIT_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def postgres_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an empty schema: in the database REXBIT_TEST_POSTGRES, else on a private server.

    A schema is made in milliseconds, a database takes a second.
    """
    given = os.environ.get("REXBIT_TEST_POSTGRES") or request.getfixturevalue("postgres").url()
    server = make_url(given)
    schema = f"test_{uuid.uuid4().hex[:12]}"
    plain = server.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f'CREATE SCHEMA "{schema}"')
        url = server.update_query_dict({"options": f"-csearch_path={schema}"})
        yield url.render_as_string(hide_password=False)
        connection.execute(f'DROP SCHEMA "{schema}" CASCADE')


@pytest.fixture(params=["sqlite", "postgresql"])
def state_url(request: pytest.FixtureRequest, rexbit_home: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of an empty place of each kind, set as ours."""
    path = f"sqlite:///{rexbit_home / 'rexbit.db'}"
    url = path if request.param == "sqlite" else str(request.getfixturevalue("postgres_url"))
    monkeypatch.setenv("REXBIT_DATABASE_URL", url)
    return url


@pytest.fixture
def state(state_url: str) -> Iterator[StateDatabase]:
    """Our database with its tables, empty, on SQLite and on PostgreSQL."""
    with open_state() as opened:
        yield opened
