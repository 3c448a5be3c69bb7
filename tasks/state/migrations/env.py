"""Runs the migrations on the connection that `tasks.state.migrate` hands over, inside its transaction."""

from alembic import context

from tasks.state.migrations import VERSION_TABLE
from tasks.state.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    version_table=VERSION_TABLE,
    transactional_ddl=True,  # SQLite has it too, once Python doesn't commit behind our back
)
with context.begin_transaction():
    context.run_migrations()
