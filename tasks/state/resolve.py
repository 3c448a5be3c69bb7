"""Which database is ours: the variable, else the saved block `rexbit`, else an SQLite file."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import cast

from tasks.errors import UnreachableError, WrongSettingsError
from tasks.state.address import Address, read_address, sqlite_address
from tasks.state.database import StateDatabase
from tasks.state.migrate import migrate
from tasks.state.postgresql import PostgresqlDatabase
from tasks.state.sqlite import SqliteDatabase

URL_VARIABLE = "REXBIT_DATABASE_URL"
HOME_VARIABLE = "REXBIT_HOME"
BLOCK = "rexbit"


def open_state() -> StateDatabase:
    """Open our database, its tables made or brought up to date.

    It is at REXBIT_DATABASE_URL, else where the SqlAlchemyConnector block `rexbit` says, else `rexbit.db` in
    REXBIT_HOME (`~/.rexbit`).
    Errors: WrongSettingsError (also for a deployment's run with none of the three: on a worker a file under the
    home folder would be a new, empty database), UnreachableError.
    """
    state = open_address(find_address())
    migrate(state)
    return state


def open_unchanged() -> StateDatabase:
    """Open our database as it is, for a program that only looks: nothing is made or brought up to date.

    `revision()` first: a session would make the file of an SQLite database that isn't there.
    """
    return open_address(find_address())


def open_address(address: Address) -> StateDatabase:
    """Open the database at an address, as it is."""
    return SqliteDatabase(address) if address.kind == "sqlite" else PostgresqlDatabase(address)


def find_address() -> Address:
    """Where our database is; see `open_state`."""
    if url := os.environ.get(URL_VARIABLE):
        return read_address(url, URL_VARIABLE)
    if found := _from_block():
        return found
    home = os.environ.get(HOME_VARIABLE)
    if not home and _inside_deployment():
        raise WrongSettingsError(
            f"a deployment's run expected {URL_VARIABLE}, or a SqlAlchemyConnector block named `{BLOCK}`, or"
            f" {HOME_VARIABLE} for a trial on one machine; got none. Set a variable for the worker, or save the block"
        )
    return sqlite_address(Path(home or "~/.rexbit") / "rexbit.db")


def _from_block() -> Address | None:
    """The block's address; None if no such block is saved, or there is no Prefect server to ask."""
    # prefect takes seconds to import: only when the variable didn't answer
    from prefect.context import FlowRunContext
    from prefect.settings import get_current_settings

    if not get_current_settings().api.url and FlowRunContext.get() is None:
        return None  # asking would start a server for half a minute, which knows of no block
    import httpx
    from prefect_sqlalchemy import ConnectionComponents, SqlAlchemyConnector

    # Prefect's annotation leaves out the `_sync` that its decorator takes
    load = cast("Callable[..., SqlAlchemyConnector]", SqlAlchemyConnector.load)
    try:
        block = load(BLOCK, _sync=True)
    except ValueError as error:
        if "Unable to find block document" in str(error):
            return None
        raise WrongSettingsError(f"the block `{BLOCK}` can't be read: save it anew") from None
    except (httpx.HTTPError, OSError, RuntimeError) as error:
        raise UnreachableError(
            f"the Prefect server did not answer when asked for the block `{BLOCK}` ({type(error).__name__})"
        ) from None
    info = block.connection_info
    url = info.create_url() if isinstance(info, ConnectionComponents) else str(info)
    return read_address(url, f"block `{BLOCK}`", block.connect_args)


def _inside_deployment() -> bool:
    from prefect.runtime import deployment

    return deployment.id is not None
