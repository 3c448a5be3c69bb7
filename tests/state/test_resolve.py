"""Which database is ours, and that its password is never shown."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings
from prefect_sqlalchemy import ConnectionComponents, SqlAlchemyConnector

from demo.servers import Postgres
from tasks.errors import UnreachableError, WrongSettingsError
from tasks.state import Session, StateDatabase, open_state
from tasks.state.address import read_address
from tasks.state.postgresql_session import PostgresqlSession
from tasks.state.resolve import find_address, open_address

SECRET = "s3cr:t/%"
QUOTED = "s3cr%3At%2F%25"


@pytest.fixture(autouse=True)
def no_server(rexbit_home: Path) -> Iterator[None]:
    """No Prefect server is known, whatever this machine's profile says."""
    with temporary_settings(restore_defaults={PREFECT_API_URL}):
        yield


@pytest.fixture
def known_server() -> Iterator[None]:
    """The address of a Prefect server that nobody listens at."""
    with temporary_settings({PREFECT_API_URL: "http://127.0.0.1:1/api"}):
        yield


def block(monkeypatch: pytest.MonkeyPatch, answer: SqlAlchemyConnector | Exception) -> None:
    """What the Prefect server answers when asked for the block."""

    def load(name: str, **_: Any) -> SqlAlchemyConnector:
        assert name == "rexbit"
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(SqlAlchemyConnector, "load", load)


def test_the_home_folder_is_the_last_resort(rexbit_home: Path) -> None:
    assert find_address().path == rexbit_home / "rexbit.db"


def test_the_users_home_without_any_setting(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("REXBIT_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert find_address().path == tmp_path / ".rexbit" / "rexbit.db"


def test_the_variable_comes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("REXBIT_DATABASE_URL", f"sqlite:///{tmp_path}/other.db")
    assert find_address().path == tmp_path / "other.db"


def test_the_block_comes_before_the_home(monkeypatch: pytest.MonkeyPatch, known_server: None) -> None:
    parts = ConnectionComponents(driver="postgresql+psycopg", host="db", database="rexbit", username="u", password="p")
    block(monkeypatch, SqlAlchemyConnector(connection_info=parts))
    assert find_address().shown == "postgresql://u@db:5432/rexbit"


def test_a_block_that_does_not_exist_falls_through(
    monkeypatch: pytest.MonkeyPatch, known_server: None, rexbit_home: Path
) -> None:
    block(monkeypatch, ValueError("Unable to find block document named rexbit for block type sqlalchemy-connector"))
    assert find_address().path == rexbit_home / "rexbit.db"


def test_a_server_that_does_not_answer_does_not_fall_through(known_server: None) -> None:
    with pytest.raises(UnreachableError, match="Prefect server did not answer"):
        find_address()


def test_a_deployment_needs_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REXBIT_HOME")
    monkeypatch.setenv("PREFECT__RUNTIME__DEPLOYMENT__ID", "1f0c8b1c-0000-0000-0000-000000000000")
    with pytest.raises(WrongSettingsError, match="REXBIT_DATABASE_URL"):
        find_address()


def test_a_deployment_with_a_home_is_content(monkeypatch: pytest.MonkeyPatch, rexbit_home: Path) -> None:
    monkeypatch.setenv("PREFECT__RUNTIME__DEPLOYMENT__ID", "1f0c8b1c-0000-0000-0000-000000000000")
    assert find_address().path == rexbit_home / "rexbit.db"


@pytest.mark.parametrize("url", ["mysql://u:hidden@h/d", "hidden", "sqlite://", "sqlite:///:memory:", "postgresql"])
def test_another_address_is_refused_without_being_shown(url: str) -> None:
    with pytest.raises(WrongSettingsError, match="REXBIT_DATABASE_URL: expected") as caught:
        read_address(url, "REXBIT_DATABASE_URL")
    assert "hidden" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://rexbit:{QUOTED}@db:6432/r",
        f"postgresql+psycopg://rexbit:{QUOTED}@db:6432/r?sslmode=require",
        f"postgres://rexbit@db:6432/r?password={QUOTED}",
    ],
)
def test_the_password_is_used_and_not_shown(url: str) -> None:
    address = read_address(url, "here")
    assert address.options["password"] == SECRET
    assert address.shown == "postgresql://rexbit@db:6432/r"
    assert SECRET not in repr(address)


@pytest.mark.parametrize("written", [SECRET, QUOTED])
def test_a_drivers_text_is_masked(written: str) -> None:
    address = read_address(f"postgresql://rexbit:{QUOTED}@db/r", "here")
    assert address.masked(f'could not use "{written}"\n') == 'could not use "***"'


def test_a_server_that_is_down_can_be_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REXBIT_DATABASE_URL", f"postgresql://rexbit:{QUOTED}@127.0.0.1:1/r")
    with pytest.raises(UnreachableError, match=r"no connection to `postgresql://rexbit@127\.0\.0\.1:1/r`") as caught:
        open_state()
    assert SECRET not in str(caught.value)
    assert caught.value.__suppress_context__


def test_a_wrong_password_is_a_wrong_setting(monkeypatch: pytest.MonkeyPatch, postgres: Postgres) -> None:
    url = f"postgresql://{postgres.user}:{QUOTED}@127.0.0.1:{postgres.port}/postgres"
    monkeypatch.setenv("REXBIT_DATABASE_URL", url)
    with pytest.raises(WrongSettingsError, match="Correct REXBIT_DATABASE_URL") as caught:
        open_state()
    assert SECRET not in str(caught.value)


def test_a_file_that_is_no_database_is_a_wrong_setting(rexbit_home: Path) -> None:
    rexbit_home.mkdir()
    (rexbit_home / "rexbit.db").write_text("not a database, and long enough to be looked at" * 50, encoding="utf-8")
    with pytest.raises(WrongSettingsError, match="expected an SQLite database"):
        open_state()


def test_an_embedded_database_survives_its_writer(rexbit_home: Path) -> None:
    open_state().close()
    with sqlite3.connect(rexbit_home / "rexbit.db") as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


@pytest.fixture
def connected(postgres: Postgres) -> Iterator[StateDatabase]:
    """A database on a server of which this test may end every connection."""
    with open_address(read_address(postgres.url(), "here")) as state:
        yield state


def end_connections(postgres: Postgres) -> None:
    with postgres.connect() as other:
        other.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'rexbit-flows'")


def test_a_connection_that_the_server_ended_is_replaced(connected: StateDatabase, postgres: Postgres) -> None:
    before = connected.now()
    end_connections(postgres)
    assert connected.now() >= before


def test_a_server_that_starts_again_is_waited_for(
    connected: StateDatabase, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasks.patience.PAUSE_SECONDS", 0)
    answers = [psycopg.OperationalError("refused"), psycopg.OperationalError("starting up")]
    connect = psycopg.connect

    def asked(**options: Any) -> psycopg.Connection:
        if answers:
            raise answers.pop(0)
        return connect(**options)

    monkeypatch.setattr(psycopg, "connect", asked)
    connected.patience_seconds = 60
    assert (connected.now() is not None, answers) == (True, [])


@contextmanager
def ended_at_work(connected: StateDatabase, postgres: Postgres) -> Iterator[Session]:
    with connected.session() as session:
        end_connections(postgres)
        yield session


def test_a_connection_lost_at_work_can_be_tried_again(connected: StateDatabase, postgres: Postgres) -> None:
    with pytest.raises(UnreachableError, match="did not finish"), ended_at_work(connected, postgres) as session:
        session.now()


def test_a_connection_is_used_again(connected: StateDatabase) -> None:
    def backend() -> object:
        with connected.session() as session:
            assert isinstance(session, PostgresqlSession)
            return session._connection.info.backend_pid

    assert backend() == backend()
