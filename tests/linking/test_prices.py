"""Purchase prices in our products: only what changed, only what is ours to write, one supplier a product."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy.engine import make_url

from blocks import SupplierFeed
from tasks.errors import WrongSettingsError
from tasks.feeds import Snapshot
from tasks.linking.supplier import LinkPlan, Scope, apply_links, match_and_plan, read_known
from tasks.state import StateDatabase, open_state
from tests import parquet

NOW = datetime(2026, 11, 24, 5, 5, tzinfo=UTC)
REXBIT = (Path(__file__).parents[1] / "state" / "rexbit.sql").read_text(encoding="utf-8")
PRICED = "id BIGINT, sku VARCHAR, purchase_price_net DECIMAL(18,4)"


def offer(sku: str, price: str | None, currency: str = "PLN") -> dict[str, Any]:
    return {"sku": sku, "stock_quantity": 30, "purchase_price": price, "currency": currency if price else None}


class Import:
    """Imports of offers into the links and products of a database."""

    def __init__(self, state: StateDatabase, folder: Path) -> None:
        self.state, self.folder = state, folder

    def run(self, *offers: dict[str, Any], supplier: int = 6, limit: int | None = None, **more: Any) -> LinkPlan:
        settings: dict[str, Any] = {"sync_purchase_price": True, "absence": "sold_out", **more}
        mapping = {"sku": "s", "stock_quantity": "q", "purchase_price": "p"}
        feed = SupplierFeed(integration_id=supplier, source="a.csv", mapping=mapping, **settings)
        rows = [{"row_number": place, **one} for place, one in enumerate(offers, 1)]
        snapshot = Snapshot(
            id="f6-1",
            integration_id=supplier,
            content_hash="new",
            settings_hash="s",
            fetched_at=NOW,
            offers=parquet.write(self.folder / "offers.parquet", parquet.OFFERS, rows),
            rejects=parquet.write(self.folder / "rejects.parquet", parquet.REJECTS),
            rows_read=len(offers),
            rows_rejected=0,
        )
        read_known(self.state, supplier, self.folder)
        _, plan = match_and_plan(self.state, feed, snapshot, Scope(limit=limit), NOW, self.folder)
        apply_links(self.state, plan)
        return plan

    def prices(self) -> dict[str, Decimal | None]:
        rows = parquet.read(self.state.read("products", self.folder / "p.parquet", ["sku", "purchase_price_net"]))
        return {row["sku"]: row["purchase_price_net"] for row in rows}


@pytest.fixture
def importing(state: StateDatabase, tmp_path: Path) -> Import:
    """Products A (12.34) and B (no price yet), on SQLite and on PostgreSQL."""
    rows = [{"id": 1, "sku": "A", "purchase_price_net": "12.34"}, {"id": 2, "sku": "B"}]
    with state.session() as session:
        session.insert("products", parquet.write(tmp_path / "products_in.parquet", PRICED, rows))
    return Import(state, tmp_path)


def test_only_changed_prices_are_written(importing: Import) -> None:
    assert importing.run(offer("A", "12.3400"), offer("B", "0.0125")).prices == 1
    assert importing.prices() == {"A": Decimal("12.34"), "B": Decimal("0.0125")}
    again = importing.run(offer("A", "12.3400"), offer("B", "0.0125"))
    assert (again.prices, again.changed) == (0, False)


def test_without_the_setting_nothing_is_written(importing: Import) -> None:
    assert importing.run(offer("A", "99"), sync_purchase_price=False).prices == 0
    assert importing.prices() == {"A": Decimal("12.34"), "B": None}


@pytest.mark.parametrize(
    ("one", "left"),
    [
        (offer("A", "10", "EUR"), {"another currency": 1}),
        (offer("A", "0"), {"a price of 0": 1}),
        (offer("A", None), {}),
        (offer("unknown", "10"), {}),
    ],
)
@pytest.mark.slow
def test_what_is_left(importing: Import, one: dict[str, Any], left: dict[str, int]) -> None:
    plan = importing.run(one)
    assert (plan.prices, plan.prices_left, importing.prices()["A"]) == (0, left, Decimal("12.34"))


@pytest.mark.slow
def test_another_currency_that_is_the_block_s_own(importing: Import) -> None:
    assert importing.run(offer("A", "10", "EUR"), currency="EUR").prices == 1


@pytest.mark.slow
def test_a_limit_holds_for_prices_too(importing: Import) -> None:
    assert importing.run(offer("B", "1"), offer("A", "2"), limit=1).prices == 1
    assert importing.prices() == {"A": Decimal("12.34"), "B": Decimal(1)}


def test_of_two_suppliers_the_lower_number_sets_the_price(importing: Import) -> None:
    importing.run(offer("A", "8"), supplier=8)
    assert importing.prices()["A"] == Decimal(8)
    importing.run(offer("A", "6"), supplier=6)
    other = importing.run(offer("A", "8"), supplier=8)
    assert (other.prices_left, importing.prices()["A"]) == ({"set by another supplier": 1}, Decimal(6))
    assert [importing.run(offer("A", price), supplier=n).changed for n, price in ((6, "6"), (8, "8"))] == [False, False]


@pytest.mark.parametrize(
    ("offers", "more"),
    [
        ([offer("B", "1")], {}),  # sold out there
        ([offer("A", None)], {}),
        ([offer("A", "6", "EUR")], {}),
        ([offer("A", "6")], {"sync_purchase_price": False}),
    ],
)
@pytest.mark.slow
def test_the_next_supplier_sets_it_when_the_first_does_no_more(
    importing: Import, offers: list[dict[str, Any]], more: dict[str, Any]
) -> None:
    importing.run(offer("A", "6"), supplier=6)
    importing.run(offer("A", "8"), supplier=8)
    importing.run(*offers, supplier=6, **more)
    assert importing.run(offer("A", "8"), supplier=8).prices == 1
    assert importing.prices()["A"] == Decimal(8)


@pytest.mark.slow
def test_a_file_without_prices_leaves_the_mark_of_the_one_with_them(importing: Import) -> None:
    importing.run(offer("A", "6"), part={"name": "prices", "provides": ["price", "codes"]})
    stock = {"name": "stock", "provides": ["stock"]}
    assert importing.run(offer("A", "6"), part=stock, sync_purchase_price=False).changed is False


@pytest.mark.slow
def test_links_of_suppliers_who_set_no_prices_have_no_mark(importing: Import) -> None:
    importing.run(offer("A", "6"), supplier=6)
    importing.run(offer("A", "8"), supplier=8, sync_purchase_price=False)
    links = parquet.read(importing.state.read("integration_product_links", importing.folder / "l.parquet"))
    marks = {row["integration_id"]: json.loads(row["supplier_availability"]).get("sets_product_price") for row in links}
    assert marks == {6: True, 8: None}


@pytest.fixture
def rexbit(
    postgres_url: str, rexbit_home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[tuple[Import, psycopg.Connection]]:
    """A database that Rexbit made: its prices are numeric(12, 2)."""
    monkeypatch.setenv("REXBIT_DATABASE_URL", postgres_url)
    plain = make_url(postgres_url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain, autocommit=True, cursor_factory=psycopg.ClientCursor) as connection:
        connection.execute(REXBIT)
        with open_state() as state:
            yield Import(state, tmp_path), connection


def test_a_price_is_compared_as_the_column_keeps_it(rexbit: tuple[Import, psycopg.Connection]) -> None:
    importing, _ = rexbit
    assert importing.run(offer("ABC-1", "12.3449"), offer("ABC-2", "7.005")).prices == 1
    assert importing.prices() == {"ABC-1": Decimal("12.34"), "ABC-2": Decimal("7.01")}
    assert importing.run(offer("ABC-1", "12.3449"), offer("ABC-2", "7.005")).changed is False


def test_a_price_that_the_column_can_not_hold_is_left(rexbit: tuple[Import, psycopg.Connection]) -> None:
    importing, _ = rexbit
    plan = importing.run(offer("ABC-1", "10000000000"), offer("ABC-2", "9999999999.99"))
    assert (plan.prices, plan.prices_left) == (1, {"too large for the column": 1})


def test_a_column_with_more_decimals_than_a_price_has_less_room(rexbit: tuple[Import, psycopg.Connection]) -> None:
    importing, connection = rexbit
    connection.execute("ALTER TABLE products ALTER COLUMN purchase_price_net TYPE numeric(10, 6)")
    made = importing.run(offer("ABC-1", "9999.9999"), offer("ABC-2", "10000"))
    assert (made.prices, made.prices_left) == (1, {"too large for the column": 1})


def test_a_table_without_the_column_is_named(rexbit: tuple[Import, psycopg.Connection]) -> None:
    importing, connection = rexbit
    connection.execute("ALTER TABLE products DROP COLUMN purchase_price_net")
    with pytest.raises(WrongSettingsError, match="expected a column `purchase_price_net` in `products`"):
        importing.run(offer("ABC-1", "1"))
    assert importing.run(offer("ABC-1", "1"), sync_purchase_price=False).in_feed_updated == 1
