"""The tables are made once, by Alembic, and are those of `tables.py`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from tasks.errors import WrongSettingsError
from tasks.state import StateDatabase, open_state
from tasks.state.migrate import MIGRATIONS, migrate
from tasks.state.migrations import HEAD, VERSION_TABLE
from tasks.state.resolve import find_address, open_address
from tasks.state.tables import METADATA

PROJECT = Path(__file__).parents[2]
OPEN = "from tasks.state import open_state; print(open_state().revision())"
FILLED = {"integration_product_links": ["fillfactor=45"], "shop_written": ["fillfactor=70"]}
FEED_BEFORE_PARTS = """
    INSERT INTO feed_snapshots (id, integration_id, content_hash, settings_hash, fetched_at, verdict, rows_read,
        rows_rejected, offers, available, run_id, folder)
    VALUES ('f6-1', 6, 'c', 's', '2026-11-24 05:00:00', 'passed', 1, 0, 1, 1, 'run', 'feeds/6/f6-1')"""


def move(connection: Connection, to: str) -> None:
    """Bring the tables to a version, up or down."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    up = (
        MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE}).get_current_revision() or ""
    ) < to
    (command.upgrade if up else command.downgrade)(config, to)


def test_the_newest_migration_is_known() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_migrations_make_the_tables_of_the_model(state: StateDatabase) -> None:
    engine = state.engine()
    with engine.connect() as connection:
        options = {"compare_type": True, "version_table": VERSION_TABLE}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), METADATA) == []
    engine.dispose()


@pytest.mark.parametrize("state_url", ["postgresql"], indirect=True)
def test_pages_keep_room_for_the_next_version_of_a_row(state: StateDatabase) -> None:
    asked = "SELECT reloptions FROM pg_class WHERE oid = CAST(:name AS regclass)"
    engine = state.engine()
    with engine.connect() as connection:
        found = {name: connection.scalar(text(asked), {"name": name}) for name in FILLED}
    engine.dispose()
    assert found == FILLED


def test_tables_stand_beside_the_version(state: StateDatabase) -> None:
    engine = state.engine()
    with engine.connect() as connection:
        assert set(inspect(connection).get_table_names()) == {*METADATA.tables, VERSION_TABLE}
    engine.dispose()


def test_an_empty_database_is_at_no_revision(state_url: str) -> None:
    with open_address(find_address()) as empty:
        assert empty.revision() is None


def test_migrating_again_changes_nothing(state: StateDatabase) -> None:
    migrate(state)
    assert state.revision() == HEAD


def test_what_is_known_of_a_feed_stays_when_feeds_get_parts(state: StateDatabase) -> None:
    health, source = ("2026-11-24 05:00:00", "f6-1"), ("hash", "f6-1")
    tables = ("feed_snapshots", "feed_health", "feed_sources")
    engine = state.engine()
    with engine.begin() as connection:
        move(connection, "0005")
        connection.execute(text(FEED_BEFORE_PARTS))
        connection.execute(text("INSERT INTO feed_health VALUES (6, '2026-11-24 05:00:00', NULL, 'f6-1', NULL)"))
        connection.execute(text("INSERT INTO feed_sources VALUES (6, 'hash', 'f6-1', NULL, NULL, '2026-11-24')"))
        move(connection, "0006")
        for table in tables:
            (row,) = connection.execute(text(f"SELECT integration_id, part FROM {table}")).all()
            assert tuple(row) == (6, "")
        kept = connection.execute(text("SELECT confirmed_at, held_snapshot_id FROM feed_health")).one()
        assert (str(kept[0])[:19], kept[1]) == health
        assert connection.execute(text("SELECT source_hash, snapshot_id FROM feed_sources")).one() == source
        connection.execute(text("INSERT INTO feed_health (integration_id, part) VALUES (6, 'prices')"))
        move(connection, "0005")
        for table in tables:
            assert "part" not in {column["name"] for column in inspect(connection).get_columns(table)}
            assert list(connection.scalars(text(f"SELECT integration_id FROM {table}"))) == [6]
        move(connection, HEAD)
        options = {"compare_type": True, "version_table": VERSION_TABLE}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), METADATA) == []
    engine.dispose()


def test_a_database_that_was_made_with_parts_gets_the_newest_version(state: StateDatabase) -> None:
    """Its first migrations made the column, and its version is the one before."""
    engine = state.engine()
    with engine.begin() as connection:
        move(connection, "0006")
        connection.execute(text("INSERT INTO feed_health (integration_id, part) VALUES (6, ''), (6, 'prices')"))
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '0005'"))
    migrate(state)
    with engine.connect() as connection:
        assert state.revision() == HEAD
        parts = connection.execute(text("SELECT part FROM feed_health ORDER BY part")).scalars().all()
        assert parts == ["", "prices"]
        options = {"compare_type": True, "version_table": VERSION_TABLE}
        assert compare_metadata(MigrationContext.configure(connection, opts=options), METADATA) == []
    engine.dispose()


def test_a_migrated_database_is_opened_without_alembic(state: StateDatabase, state_url: str) -> None:
    code = f"{OPEN}; import sys; sys.exit('alembic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=PROJECT, check=False).returncode == 0


def test_processes_that_start_at_once_make_the_tables_once(state_url: str) -> None:
    command = [sys.executable, "-c", OPEN]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    started = [subprocess.Popen(command, cwd=PROJECT, **pipes) for _ in range(3)]  # type: ignore[call-overload]
    printed = [process.communicate(timeout=60)[0].strip().splitlines()[-1] for process in started]
    assert printed == [HEAD] * 3


def test_a_newer_database_is_refused(state: StateDatabase, state_url: str) -> None:
    engine = state.engine()
    with engine.begin() as connection:
        connection.execute(text("UPDATE rexbit_flows_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(WrongSettingsError, match=r"got 9999.*Update this one"):
        open_state()


def test_someone_elses_products_are_refused_and_left_alone(state_url: str) -> None:
    with open_address(find_address()) as other:
        engine = other.engine()
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE products (id integer, title text)"))
        with pytest.raises(WrongSettingsError, match="without ean, name, sku"):
            migrate(other)
        with engine.connect() as connection:
            assert inspect(connection).get_table_names() == ["products"]
        engine.dispose()


def test_links_without_their_key_are_refused(state_url: str) -> None:
    columns = ", ".join(f"{column.name} integer" for column in METADATA.tables["integration_product_links"].columns)
    with open_address(find_address()) as other:
        engine = other.engine()
        with engine.begin() as connection:
            connection.execute(text(f"CREATE TABLE integration_product_links ({columns})"))
        engine.dispose()
        with pytest.raises(WrongSettingsError, match="unique by integration_id, product_id"):
            migrate(other)
