"""The first tables; `products` and `integration_product_links` only where Rexbit has not made them.

Written out rather than taken from `tables.py`, which goes on changing while a migration must not.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PRICE = sa.Numeric(18, 4).with_variant(sa.Text(), "sqlite")
DOCUMENT = sa.JSON().with_variant(sa.Text(), "sqlite")
DOCUMENT_BINARY = JSONB().with_variant(sa.Text(), "sqlite")
ROOMY = 70
ROOM_FOR_ALL = 45  # see tasks/state/tables.py


def upgrade() -> None:
    """Make what isn't there."""
    there = set(sa.inspect(op.get_bind()).get_table_names())
    if "products" not in there:
        _products()
    if "integration_product_links" not in there:
        _links()
    _shop()
    _feeds()
    _runs()


def downgrade() -> None:
    """Drop our own tables; products and links stay, they may be Rexbit's."""
    for table in ("leases", "runs", "unmatched_offers", "absences", "feed_snapshots", "shop_written"):
        op.drop_table(table)


def _products() -> None:
    op.create_table(
        "products",
        sa.Column("id", NUMBER, primary_key=True, autoincrement=True),
        sa.Column("user_id", sa.BigInteger),
        sa.Column("catalog_id", sa.BigInteger),
        sa.Column("sku", sa.String(255)),
        sa.Column("ean", sa.String(255)),
        sa.Column("name", sa.String(255)),
        sa.Column("purchase_price_net", PRICE),
        sa.Column("created_at", sa.DateTime),
        sa.Column("updated_at", sa.DateTime),
    )


def _links() -> None:
    table = "integration_product_links"
    op.create_table(
        table,
        sa.Column("id", NUMBER, primary_key=True, autoincrement=True),
        sa.Column("integration_id", sa.BigInteger, nullable=False),
        sa.Column("product_id", sa.BigInteger, nullable=False),
        sa.Column("catalog_id", sa.BigInteger),
        sa.Column("external_product_id", sa.String(255)),
        sa.Column("sku", sa.String(255)),
        sa.Column("ean", sa.String(255)),
        sa.Column("matched_by", sa.String(255)),
        sa.Column("is_manual", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("metadata", DOCUMENT),
        sa.Column("supplier_availability", DOCUMENT_BINARY),
        sa.Column("created_at", sa.DateTime),
        sa.Column("updated_at", sa.DateTime),
        sa.UniqueConstraint("integration_id", "product_id", name=f"{table}_integration_id_product_id_unique"),
    )
    _fill(table, ROOM_FOR_ALL)
    for column in ("external_product_id", "sku", "ean"):
        op.create_index(f"{table}_{column}_index", table, [column])
    op.create_index(f"{table}_external_index", table, ["integration_id", "external_product_id"])


def _shop() -> None:
    op.create_table(
        "shop_written",
        sa.Column("integration_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("id_product", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("id_product_attribute", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("id_lang", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("field", sa.Text, primary_key=True),
        sa.Column("value", sa.Text),
        sa.Column("original", sa.Text),
        sa.Column("written_at", sa.DateTime),
        sa.Column("run_id", sa.Text, nullable=False),
    )
    _fill("shop_written", ROOMY)


def _fill(table: str, percent: int) -> None:
    """Say how full a page gets before the next one is begun, which SQLAlchemy 2.0 can't with the table."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE {table} SET (fillfactor = {percent})")


def _feeds() -> None:
    op.create_table(
        "feed_snapshots",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("integration_id", sa.BigInteger, nullable=False),
        sa.Column("content_hash", sa.Text, nullable=False),
        sa.Column("settings_hash", sa.Text, nullable=False),
        sa.Column("fetched_at", sa.DateTime, nullable=False),
        sa.Column("verdict", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("rows_read", sa.BigInteger, nullable=False),
        sa.Column("rows_rejected", sa.BigInteger, nullable=False),
        sa.Column("offers", sa.BigInteger, nullable=False),
        sa.Column("available", sa.BigInteger, nullable=False),
        sa.Column("approved_at", sa.DateTime),
        sa.Column("run_id", sa.Text, nullable=False),
        sa.Column("folder", sa.Text, nullable=False),
    )
    op.create_index(
        "feed_snapshots_integration_id_fetched_at_index", "feed_snapshots", ["integration_id", "fetched_at"]
    )
    op.create_table(
        "absences",
        sa.Column("integration_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("product_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("first_missing_at", sa.DateTime, nullable=False),
        sa.Column("contents", sa.Integer, nullable=False),
        sa.Column("last_content_hash", sa.Text, nullable=False),
    )
    op.create_table(
        "unmatched_offers",
        sa.Column("integration_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("offer_key", sa.Text, primary_key=True),
        sa.Column("sku", sa.Text),
        sa.Column("ean", sa.Text),
        sa.Column("name", sa.Text),
        sa.Column("cause", sa.Text, nullable=False),
        sa.Column("candidates", DOCUMENT),
        sa.Column("row_number", sa.BigInteger),
        sa.Column("first_seen_at", sa.DateTime, nullable=False),
        sa.Column("last_snapshot_id", sa.Text, nullable=False),
    )


def _runs() -> None:
    op.create_table(
        "runs",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("flow", sa.Text, nullable=False),
        sa.Column("integration_id", sa.BigInteger),
        sa.Column("started_at", sa.DateTime, nullable=False),
        sa.Column("ended_at", sa.DateTime),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("summary", DOCUMENT),
        sa.Column("message", sa.Text),
    )
    op.create_index("runs_integration_id_started_at_index", "runs", ["integration_id", "started_at"])
    op.create_table(
        "leases",
        sa.Column("integration_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("run_id", sa.Text, nullable=False),
        sa.Column("acquired_at", sa.DateTime, nullable=False),
        sa.Column("expires_at", sa.DateTime, nullable=False),
    )
