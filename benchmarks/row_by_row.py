"""A child: the same job in the reference's way, an offer and a product at a time, each statement with its own commit.

`python -m benchmarks.row_by_row CHANGES.parquet`

It is told the results of our run (links, texts, flags) and only looks up and writes: reading the feed, judging it,
matching by rules and deciding cost it nothing. It ends with the same rows in shop and state database, or the benchmark
fails.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import duckdb
import psycopg
import pymysql

from benchmarks.child import tell

SUPPLIER, SHOP = 6, 7
OFFERS = (
    "SELECT s.sku, s.product_id, s.external_product_id, s.ean, s.matched_by, s.supplier_availability::text"
    f" FROM integration_product_links s WHERE s.integration_id = {SUPPLIER} ORDER BY s.product_id"
)
SYNCED = f"SELECT product_id, metadata::text FROM integration_product_links WHERE integration_id = {SHOP}"
FIND_PRODUCT = "SELECT product_id FROM integration_product_links WHERE integration_id = %s AND sku = %s"
FIND_LINK = "SELECT id FROM integration_product_links WHERE integration_id = %s AND product_id = %s"
ADD_LINK = (
    "INSERT INTO integration_product_links (integration_id, product_id, external_product_id, sku, ean, matched_by,"
    " supplier_availability, created_at, updated_at) VALUES (%s, %s, %s, %s, %s, %s, %s, now(), now())"
)
FIND_OFFER = (
    "SELECT supplier_availability FROM integration_product_links"
    " WHERE product_id = %s AND integration_id = %s AND supplier_availability IS NOT NULL LIMIT 1"
)
WRITE_TEXT = "UPDATE ps_product_lang SET available_later = %s WHERE id_product = %s AND id_lang = %s AND id_shop = 1"
# a product's combinations always hold their product's flag: one statement does for all
WRITE_FLAG = "UPDATE ps_stock_available SET out_of_stock = %s WHERE id_product = %s AND id_shop = 1"
WRITE_METADATA = (
    "UPDATE integration_product_links SET metadata = %s, updated_at = now()"
    " WHERE integration_id = %s AND product_id = %s"
)
CHANGES = (
    "SELECT id_product, product_id, id_lang, after FROM read_parquet($file)"
    " WHERE field = 'out_of_stock' OR (id_product_attribute = 0 AND before IS DISTINCT FROM after)"
    " ORDER BY id_product, id_lang NULLS LAST, id_product_attribute"
)
CHANGED_FLAGS = (
    "SELECT DISTINCT id_product FROM read_parquet($file) WHERE field = 'out_of_stock' AND before IS DISTINCT FROM after"
)
Rows = Sequence[tuple[Any, ...]]


class Watch:
    """Seconds and statements by kind."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.statements: dict[str, int] = {}

    @contextmanager
    def __call__(self, kind: str) -> Iterator[None]:
        """Take the time of one statement."""
        began = time.monotonic()
        yield
        self.seconds[kind] = self.seconds.get(kind, 0) + time.monotonic() - began
        self.statements[kind] = self.statements.get(kind, 0) + 1


def read(changes: Path, query: str) -> Rows:
    """Rows of our run's change set."""
    with duckdb.connect() as connection:
        return connection.execute(query, {"file": str(changes)}).fetchall()


def shop_connection() -> pymysql.connections.Connection:
    """Open the second shop as its sync user, in autocommit."""
    return pymysql.connect(
        host=os.environ["SHOP_7_HOST"],
        port=int(os.environ["SHOP_7_PORT"]),
        user=os.environ["SHOP_7_USER"],
        password=os.environ["SHOP_7_PASSWORD"],
        database=os.environ["SHOP_7_DATABASE"],
        charset="utf8mb4",
        autocommit=True,
    )


def import_offers(offers: Rows, state: psycopg.Cursor, watch: Watch) -> None:
    """Find the product of each offer, then its link; there is none yet, so make it."""
    for sku, product_id, external_id, ean, matched_by, availability in offers:
        with watch("find product"):
            state.execute(FIND_PRODUCT, (SHOP, sku))
            state.fetchone()
        with watch("find link"):
            state.execute(FIND_LINK, (SUPPLIER, product_id))
            state.fetchone()
        with watch("write link"):
            state.execute(ADD_LINK, (SUPPLIER, product_id, external_id, sku, ean, matched_by, availability))


def sync_products(changes: Path, metadata: dict[int, str], state: psycopg.Cursor, shop: Any, watch: Watch) -> None:
    """Find each product's offer, write its texts and its flag, and into each of its links that it was synced."""
    flags = {id_product for (id_product,) in read(changes, CHANGED_FLAGS)}
    for id_product, rows in groupby(read(changes, CHANGES), key=itemgetter(0)):
        for _, product_id, id_lang, after in rows:
            if id_lang is not None:
                with watch("write text"):
                    shop.execute(WRITE_TEXT, (after, id_product, id_lang))
                continue
            if id_product in flags:
                flags.discard(id_product)
                with watch("write flag"):
                    shop.execute(WRITE_FLAG, (after, id_product))
            with watch("find offer"):
                state.execute(FIND_OFFER, (product_id, SUPPLIER))
                state.fetchone()
            with watch("write metadata"):
                state.execute(WRITE_METADATA, (metadata[product_id], SHOP, product_id))


def main(changes: Path) -> None:
    """Do all of it, and tell seconds and statements of each kind."""
    with psycopg.connect(os.environ["BENCH_STATE"]) as ours:
        offers = ours.execute(OFFERS).fetchall()
        metadata: dict[int, str] = dict(ours.execute(SYNCED).fetchall())
    watch = Watch()
    with (
        psycopg.connect(os.environ["BENCH_COPY"], autocommit=True) as connection,
        connection.cursor() as state,
        shop_connection() as shop,
        shop.cursor() as cursor,
    ):
        import_offers(offers, state, watch)
        sync_products(changes, metadata, state, cursor, watch)
    writing = sum(seconds for kind, seconds in watch.seconds.items() if kind.startswith("write "))
    tell(seconds=sum(watch.seconds.values()), writing=writing, by_kind=watch.seconds, statements=watch.statements)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
