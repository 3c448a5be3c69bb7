"""An existing Rexbit database can be pointed at: it keeps its tables, and we work in them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy.engine import make_url

from tasks.errors import WrongSettingsError
from tasks.state import StateDatabase, open_state
from tests import parquet

REXBIT = (Path(__file__).parent / "rexbit.sql").read_text(encoding="utf-8")
THEIRS = ("users", "integrations", "contractors", "products", "integration_product_links")
KEY = ["integration_id", "product_id"]
LINK = "integration_id BIGINT, product_id BIGINT, sku VARCHAR, metadata VARCHAR, supplier_availability VARCHAR"
SHAPE = """
SELECT table_name, column_name, ordinal_position, column_default, is_nullable, data_type, character_maximum_length
  FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = ANY(%s)
UNION ALL
SELECT tablename, indexname, NULL, indexdef, NULL, NULL, NULL
  FROM pg_indexes WHERE schemaname = current_schema() AND tablename = ANY(%s)
UNION ALL
SELECT conrelid::regclass::text, conname, NULL, pg_get_constraintdef(oid), NULL, NULL, NULL
  FROM pg_constraint WHERE connamespace = current_schema()::regnamespace AND conrelid::regclass::text = ANY(%s)
UNION ALL
SELECT relname, reloptions::text, NULL, NULL, NULL, NULL, NULL
  FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relname = ANY(%s)
ORDER BY 1, 2, 3, 4
"""

Rows = list[tuple[Any, ...]]


@pytest.fixture
def rexbit(postgres_url: str, rexbit_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[psycopg.Connection]:
    """A database as Laravel made it, with a user's rows; ours is pointed at it."""
    monkeypatch.setenv("REXBIT_DATABASE_URL", postgres_url)
    plain = make_url(postgres_url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True, cursor_factory=psycopg.ClientCursor) as connection:
        connection.execute(REXBIT)
        yield connection


@pytest.fixture
def state(rexbit: psycopg.Connection) -> Iterator[StateDatabase]:
    """That database, opened as ours."""
    with open_state() as opened:
        yield opened


def shape(connection: psycopg.Connection) -> Rows:
    """Columns, indexes, constraints and storage settings of Rexbit's tables."""
    return connection.execute(SHAPE, [list(THEIRS)] * 4).fetchall()


def content(connection: psycopg.Connection) -> list[Rows]:
    """All rows of Rexbit's tables, with the transaction that wrote each."""
    return [connection.execute(f"SELECT xmin::text, t.* FROM {table} t ORDER BY id").fetchall() for table in THEIRS]


def test_opening_alters_nothing_of_theirs(rexbit: psycopg.Connection) -> None:
    before = shape(rexbit), content(rexbit)
    open_state().close()
    assert (shape(rexbit), content(rexbit)) == before


def test_our_tables_stand_beside_theirs(state: StateDatabase, tmp_path: Path) -> None:
    assert parquet.read(state.read("shop_written", tmp_path / "w.parquet")) == []


def test_their_rows_are_read(state: StateDatabase, tmp_path: Path) -> None:
    rows = parquet.read(state.read("products", tmp_path / "p.parquet", ["id", "sku", "ean", "name"]))
    assert {"id": 1, "sku": "ABC-1", "ean": "5901234123457", "name": "Wiertarka"} in rows


def test_their_links_are_read_with_our_types(state: StateDatabase, tmp_path: Path) -> None:
    (row,) = parquet.read(state.read("integration_product_links", tmp_path / "l.parquet", where={"product_id": 1}))
    assert row["metadata"] == '{"last_availability":true,"note":"za\\u017c\\u00f3\\u0142\\u0107"}'
    assert row["supplier_availability"] == '{"contractor_id": 5, "stock_quantity": 12}'
    assert row["is_manual"] is True


def test_links_are_upserted_where_they_differ(state: StateDatabase, tmp_path: Path) -> None:
    rows = [
        {"integration_id": 6, "product_id": 1, "supplier_availability": '{"stock_quantity": 12, "contractor_id": 5}'},
        {"integration_id": 6, "product_id": 2, "supplier_availability": '{"stock_quantity": 40}'},
    ]
    given = parquet.write(tmp_path / "l.parquet", LINK, rows)
    with state.session() as session:
        written = session.upsert("integration_product_links", given, KEY, ["supplier_availability"])
        again = session.upsert("integration_product_links", given, KEY, ["supplier_availability"])
    assert (written, again) == (1, 0)


def test_equal_metadata_of_type_json_is_not_written(state: StateDatabase, tmp_path: Path) -> None:
    path = state.read("integration_product_links", tmp_path / "l.parquet", [*KEY, "metadata"])
    with state.session() as session:
        assert session.upsert("integration_product_links", path, KEY) == 0
        assert session.update("integration_product_links", path, KEY) == 0


def test_what_we_do_not_write_stays(state: StateDatabase, rexbit: psycopg.Connection, tmp_path: Path) -> None:
    row = {"integration_id": 6, "product_id": 1, "supplier_availability": "{}"}
    columns = "integration_id BIGINT, product_id BIGINT, supplier_availability VARCHAR"
    with state.session() as session:
        session.upsert("integration_product_links", parquet.write(tmp_path / "l.parquet", columns, [row]), KEY)
    found = rexbit.execute("SELECT sku, catalog_id, is_manual FROM integration_product_links WHERE product_id = 1")
    assert found.fetchall() == [("ABC-1", 9, True)]


def test_demanded_columns_are_found(state: StateDatabase) -> None:
    assert state.required_columns("products") == ["user_id", "slug"]
    assert state.required_columns("integration_product_links") == []


def test_new_products_take_their_numbers_and_demanded_columns(
    state: StateDatabase, rexbit: psycopg.Connection, tmp_path: Path
) -> None:
    columns = "id BIGINT, sku VARCHAR, name VARCHAR, user_id VARCHAR, slug VARCHAR"
    with state.session() as session:
        ids = session.reserve_ids("products", 2)
        rows = [{"id": n, "sku": f"N{n}", "name": "n", "user_id": "1", "slug": f"n-{n}"} for n in ids]
        session.insert("products", parquet.write(tmp_path / "p.parquet", columns, rows))
    assert ids == [3, 4]
    assert rexbit.execute("SELECT user_id, is_active FROM products WHERE id = 3").fetchall() == [(1, True)]


def test_a_product_without_demanded_columns_is_refused_by_name(state: StateDatabase, tmp_path: Path) -> None:
    rows = parquet.write(tmp_path / "p.parquet", "id BIGINT, name VARCHAR", [{"id": 99, "name": "n"}])
    with pytest.raises(WrongSettingsError, match="user_id"), state.session() as session:
        session.insert("products", rows)


def test_a_link_to_an_unknown_integration_is_refused(state: StateDatabase, tmp_path: Path) -> None:
    rows = parquet.write(tmp_path / "l.parquet", LINK, [{"integration_id": 99, "product_id": 1}])
    with pytest.raises(WrongSettingsError, match="99"), state.session() as session:
        session.upsert("integration_product_links", rows, KEY)


def test_a_sequence_left_behind_is_told(state: StateDatabase, rexbit: psycopg.Connection) -> None:
    rexbit.execute("SELECT setval('products_id_seq', 1, false)")
    told = r"Repair it with: SELECT setval\('\w+\.products_id_seq', 2\)"
    with state.session() as session, pytest.raises(WrongSettingsError, match=told):
        session.reserve_ids("products", 1)


def test_their_cascade_goes_on_working(state: StateDatabase, rexbit: psycopg.Connection, tmp_path: Path) -> None:
    rexbit.execute("DELETE FROM products WHERE id = 1")
    left = parquet.read(state.read("integration_product_links", tmp_path / "l.parquet", ["product_id"]))
    assert left == [{"product_id": 2}]
