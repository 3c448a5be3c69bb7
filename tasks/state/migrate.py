"""Brings the database to the newest tables, once, even if several processes find it behind at the same moment."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Inspector, inspect, text
from sqlalchemy.engine import Connection

from tasks.errors import WrongSettingsError
from tasks.state.database import StateDatabase
from tasks.state.migrations import HEAD

MIGRATIONS = Path(__file__).parent / "migrations"
# Any number will do, as long as nobody else on that server uses it
MIGRATION_LOCK = 7_269_787_812

# What we can't do without in tables that Rexbit made
NEEDED = {
    "products": {"id", "sku", "ean", "name"},
    "integration_product_links": {
        "id",
        "integration_id",
        "product_id",
        "external_product_id",
        "sku",
        "ean",
        "matched_by",
        "is_manual",
        "metadata",
        "supplier_availability",
    },
}
NEEDED_KEY = ["integration_id", "product_id"]


def migrate(state: StateDatabase) -> None:
    """Make or change our tables where they are behind; a quick look where they aren't.

    Errors: WrongSettingsError when the database belongs to a newer version of this program, or holds tables of
    Rexbit's names that lack what we need; nothing is changed then.
    """
    found = state.revision()
    if found == HEAD:
        return
    _check_known(state, found)
    engine = state.engine()
    try:
        with state.translated(), engine.begin() as connection:
            if state.kind == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
            _check_adopted(state, connection)
            _upgrade(connection)
    finally:
        engine.dispose()


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _check_known(state: StateDatabase, found: str | None) -> None:
    known = {path.name.partition("_")[0] for path in (MIGRATIONS / "versions").glob("[0-9]*.py")}
    if found is not None and found not in known:
        raise WrongSettingsError(
            f"`{state.shown}`: expected tables of version {HEAD} or older, got {found}, which a newer version of this"
            " program made. Update this one"
        )


def _unique_keys(look: Inspector, table: str) -> list[list[str]]:
    keys = [key["column_names"] for key in look.get_unique_constraints(table)]
    keys.append(look.get_pk_constraint(table)["constrained_columns"])
    indexes = [index["column_names"] for index in look.get_indexes(table) if index["unique"]]
    keys += [[name for name in names if name] for names in indexes]
    return [sorted(key) for key in keys]


def _check_adopted(state: StateDatabase, connection: Connection) -> None:
    look = inspect(connection)
    tables = set(look.get_table_names())
    for table in tables & set(NEEDED):
        columns = {column["name"] for column in look.get_columns(table)}
        if missing := NEEDED[table] - columns:
            raise WrongSettingsError(
                f"`{state.shown}`: expected Rexbit's table `{table}`, got one without {', '.join(sorted(missing))}."
                " Point to Rexbit's database, or to an empty one"
            )
    links = "integration_product_links"
    if links in tables and sorted(NEEDED_KEY) not in _unique_keys(look, links):
        raise WrongSettingsError(
            f"`{state.shown}`: expected `{links}` to be unique by {', '.join(NEEDED_KEY)}, as Rexbit makes it."
            f" Add it with: ALTER TABLE {links} ADD UNIQUE ({', '.join(NEEDED_KEY)})"
        )
