"""Tables leave as Parquet and rows arrive as Parquet, the same on both databases."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tasks.errors import RexbitError
from tasks.state import StateDatabase
from tests import parquet

Rows = list[dict[str, Any]]

LINK_KEY = ["integration_id", "product_id"]
PRODUCTS = "id BIGINT, sku VARCHAR, ean VARCHAR, name VARCHAR"
LINKS = "integration_id BIGINT, product_id BIGINT, sku VARCHAR, supplier_availability VARCHAR, metadata VARCHAR"
TEXTS = [None, "", " ", '"', '""', ",", "\\N", "\\.", "a\nb", "a\r\nb", "\r", "NULL", "Wysyłka 🚚", "'; --", "#"]


def insert(state: StateDatabase, table: str, rows: Path) -> int:
    with state.session() as session:
        return session.insert(table, rows)


def upsert(state: StateDatabase, table: str, rows: Path, key: list[str], update: list[str] | None = None) -> int:
    with state.session() as session:
        return session.upsert(table, rows, key, update)


def rows_of(state: StateDatabase, table: str, tmp_path: Path, **options: Any) -> list[dict[str, Any]]:
    rows = parquet.read(state.read(table, tmp_path / "read.parquet", **options))
    return sorted(rows, key=lambda row: [str(value) for value in row.values()])


@pytest.fixture
def products(tmp_path: Path) -> Path:
    """Three products."""
    rows = [{"id": number, "sku": f"S{number}", "name": f"name {number}"} for number in (3, 1, 2)]
    return parquet.write(tmp_path / "products.parquet", PRODUCTS, rows)


@pytest.fixture
def links(tmp_path: Path) -> Path:
    """Two links of a supplier."""
    rows = [
        {"integration_id": 6, "product_id": number, "sku": f"S{number}", "supplier_availability": '{"days": 3}'}
        for number in (1, 2)
    ]
    return parquet.write(tmp_path / "links.parquet", LINKS, rows)


def test_texts_come_back_as_they_went_in(state: StateDatabase, tmp_path: Path) -> None:
    given: Rows = [{"id": number, "name": text} for number, text in enumerate(TEXTS, start=1)]
    insert(state, "products", parquet.write(tmp_path / "in.parquet", PRODUCTS, given))
    read = parquet.read(state.read("products", tmp_path / "read.parquet", ["id", "name"]))
    assert {row["id"]: row["name"] for row in read} == dict(enumerate(TEXTS, start=1))


def test_rows_are_read_by_lists_of_values(state: StateDatabase, links: Path, tmp_path: Path) -> None:
    insert(state, "integration_product_links", links)
    where = {"integration_id": [6, 7], "product_id": [2, 3], "sku": ["S2", "S'3"]}
    assert [row["sku"] for row in rows_of(state, "integration_product_links", tmp_path, where=where)] == ["S2"]
    assert rows_of(state, "integration_product_links", tmp_path, where={"product_id": []}) == []


def test_a_single_column_keeps_its_nulls(state: StateDatabase, tmp_path: Path) -> None:
    given = [{"id": number, "name": text} for number, text in enumerate((None, "", "a", None), start=1)]
    insert(state, "products", parquet.write(tmp_path / "in.parquet", PRODUCTS, given))
    names = [row["name"] for row in rows_of(state, "products", tmp_path, columns=["name"])]
    assert sorted(map(repr, names)) == ["''", "'a'", "None", "None"]


def test_null_and_empty_are_two_things(state: StateDatabase, tmp_path: Path) -> None:
    given: Rows = [{"id": 1, "sku": None}, {"id": 2, "sku": ""}]
    insert(state, "products", parquet.write(tmp_path / "in.parquet", PRODUCTS, given))
    assert rows_of(state, "products", tmp_path, columns=["id", "sku"]) == given


@pytest.mark.parametrize("price", ["12.3400", "99999999999999.9999", "0.1000", "-0.0001"])
def test_prices_are_exact(state: StateDatabase, tmp_path: Path, price: str) -> None:
    columns = "id BIGINT, purchase_price_net DECIMAL(18,4)"
    given = [{"id": 1, "purchase_price_net": Decimal(price)}]
    insert(state, "products", parquet.write(tmp_path / "in.parquet", columns, given))
    assert rows_of(state, "products", tmp_path, columns=["purchase_price_net"])[0] == {
        "purchase_price_net": Decimal(price)
    }


def test_types_are_those_of_the_tables(state: StateDatabase, tmp_path: Path) -> None:
    path = state.read("integration_product_links", tmp_path / "out.parquet")
    with duckdb.connect() as connection:
        described = connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(path)]).fetchall()
    types = {name: kind for name, kind, *_ in described}
    assert types["id"] == "BIGINT"
    assert types["is_manual"] == "BOOLEAN"
    assert types["metadata"] == types["supplier_availability"] == "VARCHAR"
    assert types["created_at"] == "TIMESTAMP"


def test_times_keep_their_microseconds(state: StateDatabase, tmp_path: Path) -> None:
    moment = datetime(2026, 3, 29, 1, 30, 0, 123456)  # noqa: DTZ001  (a time that Warsaw does not have)
    columns = "integration_id BIGINT, holder VARCHAR, run_id VARCHAR, acquired_at TIMESTAMP, expires_at TIMESTAMP"
    row = {"integration_id": 6, "holder": "h", "run_id": "r", "acquired_at": moment, "expires_at": moment}
    insert(state, "leases", parquet.write(tmp_path / "in.parquet", columns, [row]))
    assert rows_of(state, "leases", tmp_path) == [row]


def test_a_statement_gives_aware_times(state: StateDatabase) -> None:
    moment = datetime(2026, 11, 24, 3, 50, 0, 5, tzinfo=UTC)
    values = {"integration_id": 6, "holder": "h", "run_id": "r", "acquired_at": moment, "expires_at": moment}
    with state.session() as session:
        session.execute("lease_take", values)
        found = session.execute("lease_read", {"integration_id": 6})
    assert found == [values]


def test_insert_counts(state: StateDatabase, products: Path) -> None:
    assert insert(state, "products", products) == 3


def test_a_row_twice_is_an_error_without_effect(state: StateDatabase, products: Path, tmp_path: Path) -> None:
    insert(state, "products", products)
    with pytest.raises(RexbitError):
        insert(state, "products", products)
    assert len(rows_of(state, "products", tmp_path)) == 3


def test_an_upsert_adds_then_changes_nothing(state: StateDatabase, links: Path) -> None:
    assert upsert(state, "integration_product_links", links, LINK_KEY) == 2
    assert upsert(state, "integration_product_links", links, LINK_KEY) == 0


def test_an_upsert_writes_only_what_differs(state: StateDatabase, products: Path, tmp_path: Path) -> None:
    insert(state, "products", products)
    rows: Rows = [{"id": 1, "name": "name 1"}, {"id": 2, "name": None}, {"id": 3, "name": ""}]
    changed = parquet.write(tmp_path / "c.parquet", "id BIGINT, name VARCHAR", rows)
    assert upsert(state, "products", changed, ["id"]) == 2
    assert rows_of(state, "products", tmp_path, columns=["id", "name"]) == rows


def test_equal_documents_do_not_differ(state: StateDatabase, links: Path, tmp_path: Path) -> None:
    document = {"integration_id": 6, "product_id": 1, "metadata": '{"a": 1}', "supplier_availability": '{"a": 1}'}
    rows = parquet.write(tmp_path / "d.parquet", LINKS, [document])
    upsert(state, "integration_product_links", rows, LINK_KEY)
    assert upsert(state, "integration_product_links", rows, LINK_KEY) == 0


def test_columns_outside_update_stay(state: StateDatabase, products: Path, tmp_path: Path) -> None:
    insert(state, "products", products)
    row = {"id": 1, "sku": "new", "name": "new"}
    rows = parquet.write(tmp_path / "n.parquet", "id BIGINT, sku VARCHAR, name VARCHAR", [row])
    assert upsert(state, "products", rows, ["id"], ["name"]) == 1
    found = rows_of(state, "products", tmp_path, columns=["sku", "name"], where={"id": 1})
    assert found == [{"sku": "S1", "name": "new"}]


def test_an_empty_update_only_adds(state: StateDatabase, products: Path, tmp_path: Path) -> None:
    insert(state, "products", products)
    rows = [{"id": 1, "name": "other"}, {"id": 4, "name": "new"}]
    added = parquet.write(tmp_path / "n.parquet", "id BIGINT, name VARCHAR", rows)
    assert upsert(state, "products", added, ["id"], []) == 1
    assert rows_of(state, "products", tmp_path, columns=["name"], where={"id": 1}) == [{"name": "name 1"}]


def test_an_update_changes_and_never_adds(state: StateDatabase, products: Path, tmp_path: Path) -> None:
    insert(state, "products", products)
    rows = [{"id": 1, "name": "name 1"}, {"id": 2, "name": "new"}, {"id": 9, "name": "nobody"}]
    changed = parquet.write(tmp_path / "c.parquet", "id BIGINT, name VARCHAR", rows)
    with state.session() as session:
        assert session.update("products", changed, ["id"]) == 1
    names = [row["name"] for row in rows_of(state, "products", tmp_path, columns=["id", "name"])]
    assert names == ["name 1", "new", "name 3"]


def test_a_delete_takes_the_named_rows(state: StateDatabase, links: Path, tmp_path: Path) -> None:
    upsert(state, "integration_product_links", links, LINK_KEY)
    gone = parquet.write(tmp_path / "g.parquet", LINKS, [{"integration_id": 6, "product_id": 1}])
    with state.session() as session:
        assert session.delete("integration_product_links", gone, LINK_KEY) == 1
    assert [row["product_id"] for row in rows_of(state, "integration_product_links", tmp_path)] == [2]


def test_no_rows_are_no_work(state: StateDatabase, tmp_path: Path) -> None:
    empty = parquet.write(tmp_path / "empty.parquet", PRODUCTS)
    with state.session() as session:
        done = [session.insert("products", empty), session.upsert("products", empty, ["id"])]
        done += [session.update("products", empty, ["id"]), session.delete("products", empty, ["id"])]
    assert done == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("where", "ids"), [({"sku": "5"}, [2]), ({"sku": 5}, [2]), ({"sku": None}, [1]), ({"sku": "", "id": 3}, [3])]
)
def test_where_compares_null_too(state: StateDatabase, tmp_path: Path, where: dict[str, Any], ids: list[int]) -> None:
    given: Rows = [{"id": 1, "sku": None}, {"id": 2, "sku": "5"}, {"id": 3, "sku": ""}]
    insert(state, "products", parquet.write(tmp_path / "in.parquet", PRODUCTS, given))
    assert [row["id"] for row in rows_of(state, "products", tmp_path, columns=["id"], where=where)] == ids


def test_a_session_that_fails_leaves_nothing(state: StateDatabase, products: Path, tmp_path: Path) -> None:
    with suppress(ZeroDivisionError), state.session() as session:
        session.insert("products", products)
        raise ZeroDivisionError
    assert rows_of(state, "products", tmp_path) == []


def test_a_session_reads_what_it_wrote(state: StateDatabase, products: Path, tmp_path: Path) -> None:
    with state.session() as session:
        session.insert("products", products)
        assert len(parquet.read(session.read("products", tmp_path / "r.parquet"))) == 3


def test_reading_does_not_wait_for_a_writer(state: StateDatabase, products: Path, tmp_path: Path) -> None:
    with state.session() as session:
        session.insert("products", products)
        assert rows_of(state, "products", tmp_path) == []


def test_new_rows_are_stamped_and_unchanged_ones_are_not(state: StateDatabase, products: Path, tmp_path: Path) -> None:
    long_ago = datetime(2020, 1, 1)  # noqa: DTZ001
    columns = "id BIGINT, name VARCHAR, created_at TIMESTAMP, updated_at TIMESTAMP"
    given = [{"id": n, "name": f"name {n}", "created_at": long_ago, "updated_at": long_ago} for n in (1, 2)]
    insert(state, "products", parquet.write(tmp_path / "old.parquet", columns, given))
    rows = [{"id": 1, "name": "name 1"}, {"id": 2, "name": "new"}, {"id": 3, "name": "new"}]
    upsert(state, "products", parquet.write(tmp_path / "u.parquet", "id BIGINT, name VARCHAR", rows), ["id"])
    first, second, third = rows_of(state, "products", tmp_path)
    assert (first["created_at"], first["updated_at"]) == (long_ago, long_ago)
    assert second["created_at"] == long_ago < second["updated_at"]
    assert third["created_at"] > long_ago


def test_an_update_stamps_what_it_changes(state: StateDatabase, products: Path, tmp_path: Path) -> None:
    long_ago = datetime(2020, 1, 1)  # noqa: DTZ001
    columns = "id BIGINT, name VARCHAR, updated_at TIMESTAMP"
    insert(
        state,
        "products",
        parquet.write(tmp_path / "o.parquet", columns, [{"id": 1, "name": "a", "updated_at": long_ago}]),
    )
    changed = parquet.write(tmp_path / "u.parquet", "id BIGINT, name VARCHAR", [{"id": 1, "name": "b"}])
    with state.session() as session:
        session.update("products", changed, ["id"])
    assert rows_of(state, "products", tmp_path)[0]["updated_at"] > long_ago


def test_reserved_ids_are_new_each_time(state: StateDatabase, tmp_path: Path) -> None:
    with state.session() as session:
        ids = session.reserve_ids("products", 2) + session.reserve_ids("products", 3)
        rows = [{"id": number, "name": "n"} for number in ids]
        session.insert("products", parquet.write(tmp_path / "r.parquet", PRODUCTS, rows))
    with state.session() as session:
        ids += session.reserve_ids("products", 1)
    assert ids == sorted(set(ids))
    assert len(ids) == 6


def test_a_link_gets_its_id_by_itself(state: StateDatabase, links: Path, tmp_path: Path) -> None:
    upsert(state, "integration_product_links", links, LINK_KEY)
    found = rows_of(state, "integration_product_links", tmp_path, columns=["id", "is_manual"])
    assert found == [{"id": 1, "is_manual": False}, {"id": 2, "is_manual": False}]


@pytest.mark.parametrize(
    ("columns", "rows", "message"),
    [
        ("id BIGINT, colour VARCHAR", [{"id": 1}], "colour"),
        ("id BIGINT, name VARCHAR", [{"id": 1}, {"id": 1}], "more than once"),
        ("id BIGINT, name VARCHAR", [{"id": None}], "NULL"),
        ("name VARCHAR", [{"name": "x"}], "lacks: id"),
    ],
)
def test_rows_that_do_not_fit_are_refused(
    state: StateDatabase, tmp_path: Path, columns: str, rows: list[dict[str, Any]], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        upsert(state, "products", parquet.write(tmp_path / "bad.parquet", columns, rows), ["id"])


def test_another_table_is_refused(state: StateDatabase, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="expected one of our tables"):
        state.read("users", tmp_path / "u.parquet")


def test_the_clock_is_aware(state: StateDatabase) -> None:
    assert state.now().tzinfo is UTC


def many(path: Path, name: str) -> Path:
    """More products than go in one batch, in no order."""
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE t AS SELECT range AS id, $name AS name FROM range(1, 45002) ORDER BY hash(range)",
            {"name": name},
        )
        connection.table("t").write_parquet(str(path))
    return path


def test_more_rows_than_a_batch(state: StateDatabase, tmp_path: Path) -> None:
    insert(state, "products", many(tmp_path / "n.parquet", "n"))
    with state.session() as session:
        rows = many(tmp_path / "m.parquet", "m")
        assert session.update("products", rows, ["id"]) == 45001
        assert session.delete("products", rows, ["id"]) == 45001


def test_a_key_without_an_index_works_too(state: StateDatabase, products: Path, tmp_path: Path) -> None:
    insert(state, "products", products)
    rows = parquet.write(tmp_path / "s.parquet", "sku VARCHAR, name VARCHAR", [{"sku": "S2", "name": "new"}])
    with state.session() as session:
        assert session.update("products", rows, ["sku"]) == 1
        assert session.delete("products", rows, ["sku"]) == 1
