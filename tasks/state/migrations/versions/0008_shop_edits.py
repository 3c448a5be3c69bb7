"""What somebody else changed in a shop after we wrote it, and what became of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "shop_edits",
        sa.Column("integration_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("id_product", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("id_product_attribute", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("id_lang", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("field", sa.Text, primary_key=True),
        sa.Column("run_id", sa.Text, primary_key=True),
        sa.Column("found", sa.Text),
        sa.Column("ours", sa.Text),
        sa.Column("wanted", sa.Text),
        sa.Column("found_at", sa.DateTime, nullable=False),
        sa.Column("was", sa.Text, nullable=False),
        sa.Column("kept_until", sa.DateTime),
        sa.Column("ended_at", sa.DateTime),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("shop_edits")
