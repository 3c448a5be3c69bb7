"""The tables of our database: the one place that knows their columns and types.

`products` and `integration_product_links` carry Rexbit's names and columns, so that an existing Rexbit database can
be pointed at. All times are UTC without a zone, prices are exact decimals (as text on SQLite, which has none).
"""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Index,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.dialects.postgresql import JSONB

METADATA = MetaData()

NUMBER = BigInteger().with_variant(Integer(), "sqlite")
PRICE = Numeric(18, 4).with_variant(Text(), "sqlite")
DOCUMENT = JSON().with_variant(Text(), "sqlite")
DOCUMENT_BINARY = JSONB().with_variant(Text(), "sqlite")

# Columns that Rexbit keeps and we don't fill; a purchase price only where a feed's block says so.
THEIRS: dict[str, Any] = {"theirs": True}

PRODUCTS = Table(
    "products",
    METADATA,
    Column("id", NUMBER, primary_key=True, autoincrement=True),
    Column("user_id", BigInteger, info=THEIRS),
    Column("catalog_id", BigInteger, info=THEIRS),
    Column("sku", String(255)),
    Column("ean", String(255)),
    Column("name", String(255)),
    Column("purchase_price_net", PRICE, info=THEIRS),
    Column("created_at", DateTime),
    Column("updated_at", DateTime),
)

LINKS = Table(
    "integration_product_links",
    METADATA,
    Column("id", NUMBER, primary_key=True, autoincrement=True),
    Column("integration_id", BigInteger, nullable=False),
    Column("product_id", BigInteger, nullable=False),
    Column("catalog_id", BigInteger, info=THEIRS),
    Column("external_product_id", String(255)),
    Column("sku", String(255)),
    Column("ean", String(255)),
    Column("matched_by", String(255)),
    Column("is_manual", Boolean, nullable=False, server_default=false()),
    Column("metadata", DOCUMENT),
    Column("supplier_availability", DOCUMENT_BINARY),
    Column("created_at", DateTime),
    Column("updated_at", DateTime),
    UniqueConstraint("integration_id", "product_id", name="integration_product_links_integration_id_product_id_unique"),
    Index("integration_product_links_external_product_id_index", "external_product_id"),
    Index("integration_product_links_sku_index", "sku"),
    Index("integration_product_links_ean_index", "ean"),
    Index(
        "integration_product_links_external_index",
        "integration_id",
        "external_product_id",
    ),
    # fillfactor 45 (migration 0001), room on each page for the next version of every row: a shop's first sync changes
    # all of its links, and a version on another page is one more entry in each of six indexes (12,465 links: 31 ms;
    # 117 ms at 70, and larger after it)
)

SHOP_WRITTEN = Table(
    "shop_written",
    METADATA,
    Column("integration_id", BigInteger, primary_key=True, autoincrement=False),
    Column("id_product", BigInteger, primary_key=True, autoincrement=False),
    Column("id_product_attribute", BigInteger, primary_key=True, autoincrement=False),
    Column("id_lang", Integer, primary_key=True, autoincrement=False),
    Column("field", Text, primary_key=True),
    Column("value", Text),
    Column("original", Text),
    Column("written_at", DateTime),
    Column("run_id", Text, nullable=False),
    # fillfactor 70, room for the next version of a changed row: 3x on updates of a few per cent
)

# What somebody else changed in a shop after we wrote it, and what became of it: a row each time that it was found.
SHOP_EDITS = Table(
    "shop_edits",
    METADATA,
    Column("integration_id", BigInteger, primary_key=True, autoincrement=False),
    Column("id_product", BigInteger, primary_key=True, autoincrement=False),
    Column("id_product_attribute", BigInteger, primary_key=True, autoincrement=False),
    Column("id_lang", Integer, primary_key=True, autoincrement=False),
    Column("field", Text, primary_key=True),
    Column("run_id", Text, primary_key=True),  # which found it; tried again, it is the same row
    Column("found", Text),
    Column("ours", Text),  # as we had written it
    Column("wanted", Text),
    Column("found_at", DateTime, nullable=False),  # first
    Column("was", Text, nullable=False),  # repaired, kept (by the policy), contested (another program writes it)
    Column("kept_until", DateTime),  # None: until we would write another value
    Column("ended_at", DateTime),
)

CHANGE_SETS = Table(
    "change_sets",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("integration_id", BigInteger, nullable=False),
    Column("run_id", Text, nullable=False),
    Column("begun_at", DateTime, nullable=False),
    Column("ended_at", DateTime),
    Index("change_sets_integration_id_begun_at_index", "integration_id", "begun_at"),
)

FEED_SNAPSHOTS = Table(
    "feed_snapshots",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("integration_id", BigInteger, nullable=False),
    Column("part", Text, nullable=False, server_default=""),  # of a feed that comes in several files
    Column("content_hash", Text, nullable=False),
    Column("settings_hash", Text, nullable=False),
    Column("fetched_at", DateTime, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("reason", Text),
    Column("rows_read", BigInteger, nullable=False),
    Column("rows_rejected", BigInteger, nullable=False),
    Column("offers", BigInteger, nullable=False),
    Column("available", BigInteger, nullable=False),
    Column("approved_at", DateTime),
    Column("run_id", Text, nullable=False),
    Column("folder", Text, nullable=False),
    Column("numbers", DOCUMENT),
    Column("last_seen_at", DateTime),
    Index("feed_snapshots_integration_id_fetched_at_index", "integration_id", "fetched_at"),
)

# One row a feed: when it was last seen to be good, and since when something is wrong with it (told once).
FEED_HEALTH = Table(
    "feed_health",
    METADATA,
    Column("integration_id", BigInteger, primary_key=True, autoincrement=False),
    Column("part", Text, primary_key=True, server_default=""),
    Column("confirmed_at", DateTime),
    Column("held_since", DateTime),
    Column("held_snapshot_id", Text),
    Column("stale_since", DateTime),
)

# By what a feed's source is asked for changes only: what came with the last whole file, and whose content that was.
FEED_SOURCES = Table(
    "feed_sources",
    METADATA,
    Column("integration_id", BigInteger, primary_key=True, autoincrement=False),
    Column("part", Text, primary_key=True, server_default=""),
    Column("source_hash", Text, nullable=False),
    Column("snapshot_id", Text, nullable=False),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("whole_at", DateTime, nullable=False),
)

ABSENCES = Table(
    "absences",
    METADATA,
    Column("integration_id", BigInteger, primary_key=True, autoincrement=False),
    Column("product_id", BigInteger, primary_key=True, autoincrement=False),
    Column("first_missing_at", DateTime, nullable=False),
    Column("contents", Integer, nullable=False),
    Column("last_content_hash", Text, nullable=False),
)

UNMATCHED_OFFERS = Table(
    "unmatched_offers",
    METADATA,
    Column("integration_id", BigInteger, primary_key=True, autoincrement=False),
    Column("offer_key", Text, primary_key=True),
    Column("sku", Text),
    Column("ean", Text),
    Column("name", Text),
    Column("cause", Text, nullable=False),
    Column("candidates", DOCUMENT),
    Column("row_number", BigInteger),
    Column("first_seen_at", DateTime, nullable=False),
    Column("last_snapshot_id", Text, nullable=False),
)

# What a person decided about an offer: a newer decision ends an older one, none is ever removed or altered.
DECISIONS = Table(
    "decisions",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("integration_id", BigInteger, nullable=False),
    Column("offer_key", Text, nullable=False),
    Column("product_id", BigInteger),  # `refused` without one: the offer is no product of ours
    Column("judgement", Text, nullable=False),  # linked, refused
    Column("pack_size", PRICE),  # units of the shop in one of the supplier's
    Column("sku", Text),  # the codes and name that the offer had when it was decided on
    Column("ean", Text),
    Column("name", Text),
    Column("reason", Text),
    Column("decided_by", Text, nullable=False),
    Column("decided_at", DateTime, nullable=False),
    Column("run_id", Text, nullable=False),
    Column("ended_at", DateTime),
    Index("decisions_integration_id_offer_key_index", "integration_id", "offer_key"),
)

# Links that a decision ended, as they were.
ENDED_LINKS = Table(
    "ended_links",
    METADATA,
    Column("integration_id", BigInteger, primary_key=True, autoincrement=False),
    Column("product_id", BigInteger, primary_key=True, autoincrement=False),
    Column("ended_at", DateTime, primary_key=True),
    Column("run_id", Text, nullable=False),
    Column("external_product_id", Text),
    Column("sku", Text),
    Column("ean", Text),
    Column("matched_by", Text),
    Column("is_manual", Boolean, nullable=False),
    Column("metadata", DOCUMENT),
    Column("supplier_availability", DOCUMENT_BINARY),
)

# What a sync knows of each supplier beside its offers: as its block said at the last import.
SUPPLIERS = Table(
    "suppliers",
    METADATA,
    Column("integration_id", BigInteger, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("delivery", DOCUMENT, nullable=False),
    Column("timezone", Text, nullable=False),
    Column("price_kind", Text, nullable=False),  # net, gross
    Column("run_id", Text, nullable=False),
)

# What a person decided about a product in a shop: a newer pin ends an older one, none is ever removed.
PINS = Table(
    "pins",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("integration_id", BigInteger, nullable=False),  # of the shop
    Column("product_id", BigInteger),  # None: every product (of the supplier, else of the shop)
    Column("supplier_id", BigInteger),  # only with `released`: this supplier's offers don't count in this shop
    Column("kind", Text, nullable=False),  # on, off, hold (left as it is; a shop: paused), released (given back)
    Column("reason", Text, nullable=False),
    Column("until", DateTime),
    Column("decided_by", Text, nullable=False),
    Column("decided_at", DateTime, nullable=False),
    Column("run_id", Text, nullable=False),
    Column("ended_at", DateTime),
    Index("pins_integration_id_index", "integration_id", "product_id"),
)

# Which rows of which database each shop's sync writes: two that would write the same ones find out before they do.
SHOP_SCOPES = Table(
    "shop_scopes",
    METADATA,
    Column("integration_id", BigInteger, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("shop_database", Text, nullable=False),  # server, database and table prefix
    Column("text_rows", Text, nullable=False),
    Column("flag_rows", Text),  # None: this shop's block leaves them to another one
    Column("label_rows", Text),
    Column("run_id", Text, nullable=False),
)

RUNS = Table(
    "runs",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("flow", Text, nullable=False),
    Column("integration_id", BigInteger),
    Column("started_at", DateTime, nullable=False),
    Column("ended_at", DateTime),
    Column("status", Text, nullable=False),
    Column("summary", DOCUMENT),
    Column("message", Text),
    Index("runs_integration_id_started_at_index", "integration_id", "started_at"),
)

LEASES = Table(
    "leases",
    METADATA,
    Column("integration_id", BigInteger, primary_key=True, autoincrement=False),
    Column("holder", Text, nullable=False),
    Column("run_id", Text, nullable=False),
    Column("acquired_at", DateTime, nullable=False),
    Column("expires_at", DateTime, nullable=False),
)


ALERTS = Table(  # what the watchdog (monitor-queues) saw go wrong and is not over yet
    "alerts",
    METADATA,
    Column("key", Text, primary_key=True),  # what it is about: queue.late:rexbit/import
    Column("kind", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("since", DateTime, nullable=False),
    Column("told_at", DateTime),  # None: not told yet, because it may be over by itself
)


def columns_of(table: str) -> dict[str, str]:
    """Column name -> DuckDB type of one of our tables; JSON is VARCHAR. Errors: ValueError for another table."""
    if table not in METADATA.tables:
        raise ValueError(f"expected one of our tables ({', '.join(sorted(METADATA.tables))}), got `{table}`")
    return {column.name: _duck_type(column) for column in METADATA.tables[table].columns}


def theirs(table: str) -> set[str]:
    """The columns of a table that we know and leave to Rexbit."""
    return {column.name for column in METADATA.tables[table].columns if column.info.get("theirs")}


@cache
def columns_of_type(kind: str) -> frozenset[str]:
    """Names of all columns of one DuckDB type, over all tables (a name has one type everywhere)."""
    return frozenset(
        column.name for table in METADATA.tables.values() for column in table.columns if _duck_type(column) == kind
    )


def _duck_type(column: Column[Any]) -> str:
    kinds = {
        BigInteger: "BIGINT",
        Integer: "INTEGER",
        Boolean: "BOOLEAN",
        DateTime: "TIMESTAMP",
        Numeric: "DECIMAL(18,4)",
        JSON: "VARCHAR",
        String: "VARCHAR",
    }
    return next(duck for kind, duck in kinds.items() if isinstance(column.type, kind))
