"""What a person decided about a supplier's offers, and the links that such a decision ended."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

FACTOR = sa.Numeric(18, 4).with_variant(sa.Text(), "sqlite")
DOCUMENT = sa.JSON().with_variant(sa.Text(), "sqlite")
DOCUMENT_BINARY = JSONB().with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "decisions",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("integration_id", sa.BigInteger, nullable=False),
        sa.Column("offer_key", sa.Text, nullable=False),
        sa.Column("product_id", sa.BigInteger),
        sa.Column("judgement", sa.Text, nullable=False),
        sa.Column("pack_size", FACTOR),
        sa.Column("sku", sa.Text),
        sa.Column("ean", sa.Text),
        sa.Column("name", sa.Text),
        sa.Column("reason", sa.Text),
        sa.Column("decided_by", sa.Text, nullable=False),
        sa.Column("decided_at", sa.DateTime, nullable=False),
        sa.Column("run_id", sa.Text, nullable=False),
        sa.Column("ended_at", sa.DateTime),
    )
    op.create_index("decisions_integration_id_offer_key_index", "decisions", ["integration_id", "offer_key"])
    op.create_table(
        "ended_links",
        sa.Column("integration_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("product_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("ended_at", sa.DateTime, primary_key=True),
        sa.Column("run_id", sa.Text, nullable=False),
        sa.Column("external_product_id", sa.Text),
        sa.Column("sku", sa.Text),
        sa.Column("ean", sa.Text),
        sa.Column("matched_by", sa.Text),
        sa.Column("is_manual", sa.Boolean, nullable=False),
        sa.Column("metadata", DOCUMENT),
        sa.Column("supplier_availability", DOCUMENT_BINARY),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("ended_links")
    op.drop_table("decisions")
