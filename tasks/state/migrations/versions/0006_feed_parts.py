"""A supplier's feed may come in several files: what is kept of a feed is kept of each part of it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = ("feed_health", "feed_sources")


def upgrade() -> None:
    """Add the part, the empty one for what is there; it joins the key of the tables with a row a feed.

    For a while the first migrations made it: such a database has it already.
    """
    if not _has_part("feed_snapshots"):
        op.add_column("feed_snapshots", sa.Column("part", sa.Text, nullable=False, server_default=""))
    for table in TABLES:
        if not _has_part(table):
            _made_again(table, with_part=True)


def downgrade() -> None:
    """Take it away again, and with it what is known of parts: a feed was one file."""
    op.execute("DELETE FROM feed_snapshots WHERE part <> ''")
    op.drop_column("feed_snapshots", "part")
    for table in TABLES:
        op.execute(f"DELETE FROM {table} WHERE part <> ''")  # noqa: S608  (a name of ours)
        _made_again(table, with_part=False)


def _has_part(table: str) -> bool:
    return "part" in {column["name"] for column in sa.inspect(op.get_bind()).get_columns(table)}


def _made_again(table: str, *, with_part: bool) -> None:
    """Make a small table with another key and put its rows back: SQLite can't change a key."""
    columns = _columns(table)
    names = ", ".join(["integration_id", *(column.name for column in columns)])
    op.execute(f"CREATE TABLE {table}_kept AS SELECT {names} FROM {table}")  # noqa: S608
    op.drop_table(table)
    part = [sa.Column("part", sa.Text, primary_key=True, server_default="")] if with_part else []
    key = sa.Column("integration_id", sa.BigInteger, primary_key=True, autoincrement=False)
    op.create_table(table, key, *part, *columns)
    op.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM {table}_kept")  # noqa: S608
    op.drop_table(f"{table}_kept")


def _columns(table: str) -> list[sa.Column[Any]]:
    if table == "feed_health":
        return [
            sa.Column("confirmed_at", sa.DateTime),
            sa.Column("held_since", sa.DateTime),
            sa.Column("held_snapshot_id", sa.Text),
            sa.Column("stale_since", sa.DateTime),
        ]
    return [
        sa.Column("source_hash", sa.Text, nullable=False),
        sa.Column("snapshot_id", sa.Text, nullable=False),
        sa.Column("etag", sa.Text),
        sa.Column("last_modified", sa.Text),
        sa.Column("whole_at", sa.DateTime, nullable=False),
    ]
