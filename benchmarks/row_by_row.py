"""A child: the reference's way, one statement and one commit a row, over the rows that our first run changed.

`python -m benchmarks.row_by_row CHANGES.parquet`
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb
import psycopg
import pymysql

from benchmarks.child import tell

TEXT = (
    "UPDATE ps_product_lang SET available_later = %s WHERE id_product = %s AND id_lang = %s AND id_shop = 1",
    "SELECT after, id_product, id_lang FROM changes WHERE field = 'available_later' ORDER BY id_product, id_lang",
)
FLAG = (  # a product's combinations always hold their product's flag: one statement does for all
    "UPDATE ps_stock_available SET out_of_stock = %s WHERE id_product = %s AND id_shop = 1",
    "SELECT DISTINCT after, id_product FROM changes WHERE field = 'out_of_stock' ORDER BY id_product",
)
LINK = "UPDATE integration_product_links SET supplier_availability = %s WHERE integration_id = %s AND product_id = %s"
LINKS = (
    "SELECT supplier_availability::text, integration_id, product_id FROM integration_product_links"
    " WHERE supplier_availability IS NOT NULL ORDER BY product_id"
)
Rows = Sequence[tuple[object, ...]]


def change_set(changes: Path, query: str) -> Rows:
    """Rows of the table `changes`: what our run found different from the shop."""
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE changes AS SELECT * FROM read_parquet($file) WHERE before IS DISTINCT FROM after",
            {"file": str(changes)},
        )
        return connection.execute(query).fetchall()


def write_shop(statement: str, rows: Iterable[tuple[object, ...]]) -> float:
    """Run a statement for each row, in autocommit; returns the seconds."""
    connection = pymysql.connect(
        host=os.environ["SHOP_7_HOST"],
        port=int(os.environ["SHOP_7_PORT"]),
        user=os.environ["SHOP_7_USER"],
        password=os.environ["SHOP_7_PASSWORD"],
        database=os.environ["SHOP_7_DATABASE"],
        charset="utf8mb4",
        autocommit=True,
    )
    with connection, connection.cursor() as cursor:
        began = time.monotonic()
        for row in rows:
            cursor.execute(statement, row)
        return time.monotonic() - began


def write_links(rows: Rows) -> float:
    """Write each link's availability, in autocommit; returns the seconds."""
    with psycopg.connect(os.environ["BENCH_COPY"], autocommit=True) as connection, connection.cursor() as cursor:
        began = time.monotonic()
        for row in rows:
            cursor.execute(LINK, row)
        return time.monotonic() - began


def main(changes: Path) -> None:
    """Write all, and tell seconds and rows of each kind."""
    with psycopg.connect(os.environ["BENCH_STATE"]) as state:
        links = state.execute(LINKS).fetchall()
    texts, flags = change_set(changes, TEXT[1]), change_set(changes, FLAG[1])
    seconds = {
        "links": write_links(links),
        "texts": write_shop(TEXT[0], texts),
        "flags": write_shop(FLAG[0], flags),
    }
    statements = {"links": len(links), "texts": len(texts), "flags": len(flags)}
    tell(seconds=sum(seconds.values()), by_kind=seconds, statements=statements)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
