"""What a verdict stands on, when a snapshot was last seen, and how each feed is doing."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    """Add the columns, make the table."""
    op.add_column("feed_snapshots", sa.Column("numbers", DOCUMENT))
    op.add_column("feed_snapshots", sa.Column("last_seen_at", sa.DateTime))
    op.create_table(
        "feed_health",
        sa.Column("integration_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("confirmed_at", sa.DateTime),
        sa.Column("held_since", sa.DateTime),
        sa.Column("held_snapshot_id", sa.Text),
        sa.Column("stale_since", sa.DateTime),
    )


def downgrade() -> None:
    """Take them away again."""
    op.drop_table("feed_health")
    op.drop_column("feed_snapshots", "last_seen_at")
    op.drop_column("feed_snapshots", "numbers")
