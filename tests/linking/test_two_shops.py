"""Two shops that bring the same new item at the same time: one product is made, the other shop finds it."""

from __future__ import annotations

import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from tasks.errors import MovedOnError
from tasks.linking.shop import CataloguePlan, apply_catalogue, plan_catalogue, read_known
from tasks.state import Session, StateDatabase
from tests import parquet

WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"


def planned(state: StateDatabase, folder: Path, shop: int) -> CataloguePlan:
    folder = folder / f"{shop}-{time.monotonic_ns()}"
    folder.mkdir()
    item = {"id_product": shop, "id_product_attribute": 0, "reference": "A", "name": "Klucz"}
    catalogue = parquet.write(folder / "catalogue.parquet", parquet.CATALOGUE, [item])
    return plan_catalogue(catalogue, read_known(state, folder, shop), shop)


def products(state: StateDatabase, folder: Path) -> list[str]:
    return [row["sku"] for row in parquet.read(state.read("products", folder / "found.parquet"))]


def test_what_another_shop_made_meanwhile_is_found_the_second_time(state: StateDatabase, tmp_path: Path) -> None:
    first, second = planned(state, tmp_path, 1), planned(state, tmp_path, 2)
    apply_catalogue(state, first, 1, [])
    with pytest.raises(MovedOnError):
        apply_catalogue(state, second, 2, [])
    again = planned(state, tmp_path, 2)
    apply_catalogue(state, again, 2, [])
    assert (again.created, again.recognised, products(state, tmp_path)) == (0, 1, ["A"])


@pytest.mark.parametrize("state_url", ["postgresql"], indirect=True)  # SQLite has one writer
def test_who_comes_while_another_makes_products_waits(state: StateDatabase, state_url: str, tmp_path: Path) -> None:
    first, second = planned(state, tmp_path, 1), planned(state, tmp_path, 2)
    begun: list[Future[None]] = []
    with ThreadPoolExecutor() as pool, psycopg.connect(plain(state_url), autocommit=True) as watching:

        def meanwhile(_: Session) -> None:
            begun.append(pool.submit(apply_catalogue, state, second, 2, []))
            while not begun[0].done() and watching.execute(WAITING).fetchone() == (0,):
                time.sleep(0.01)

        apply_catalogue(state, first, 1, [], [meanwhile])
        with pytest.raises(MovedOnError):
            begun[0].result(60)
    assert products(state, tmp_path) == ["A"]


def plain(url: str) -> str:
    return url.replace("postgresql+psycopg", "postgresql")
