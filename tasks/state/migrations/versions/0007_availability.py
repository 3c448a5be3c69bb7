"""What an availability decision knows beside links: suppliers' delivery, a person's pins, who writes which rows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "suppliers",
        sa.Column("integration_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("delivery", DOCUMENT, nullable=False),
        sa.Column("timezone", sa.Text, nullable=False),
        sa.Column("price_kind", sa.Text, nullable=False),
        sa.Column("run_id", sa.Text, nullable=False),
    )
    op.create_table(
        "pins",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("integration_id", sa.BigInteger, nullable=False),
        sa.Column("product_id", sa.BigInteger),
        sa.Column("supplier_id", sa.BigInteger),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("until", sa.DateTime),
        sa.Column("decided_by", sa.Text, nullable=False),
        sa.Column("decided_at", sa.DateTime, nullable=False),
        sa.Column("run_id", sa.Text, nullable=False),
        sa.Column("ended_at", sa.DateTime),
    )
    op.create_index("pins_integration_id_index", "pins", ["integration_id", "product_id"])
    op.create_table(
        "shop_scopes",
        sa.Column("integration_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("shop_database", sa.Text, nullable=False),
        sa.Column("text_rows", sa.Text, nullable=False),
        sa.Column("flag_rows", sa.Text),
        sa.Column("label_rows", sa.Text),
        sa.Column("run_id", sa.Text, nullable=False),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("shop_scopes")
    op.drop_table("pins")
    op.drop_table("suppliers")
