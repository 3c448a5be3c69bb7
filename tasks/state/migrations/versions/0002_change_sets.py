"""Which change sets are being written: what a crash leaves unfinished is found by the next run."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "change_sets",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("integration_id", sa.BigInteger, nullable=False),
        sa.Column("run_id", sa.Text, nullable=False),
        sa.Column("begun_at", sa.DateTime, nullable=False),
        sa.Column("ended_at", sa.DateTime),
    )
    op.create_index("change_sets_integration_id_begun_at_index", "change_sets", ["integration_id", "begun_at"])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("change_sets")
