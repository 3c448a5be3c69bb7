"""Our database, whichever it is: opened cheaply, asked through sessions of one transaction each."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Self

from sqlalchemy.engine import Engine

from tasks.state.address import Address
from tasks.state.session import Condition, Session


class StateDatabase(ABC):
    """The state database: `kind` is sqlite or postgresql, `shown` its address without the password.

    `patience_seconds`: how long a session waits for a server that is away, as while it starts again; a run sets it.
    Safe to use from several threads. Closed by `close`, by leaving a `with` block, or when nothing refers to it.
    """

    patience_seconds = 0.0

    def __init__(self, address: Address) -> None:
        self.kind = address.kind
        self.shown = address.shown
        self._address = address

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.shown})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @abstractmethod
    def session(self, *, read_only: bool = False) -> AbstractContextManager[Session]:
        """One transaction: committed at the end of the `with` block, rolled back when it raises.

        `read_only` never waits for a writer (on SQLite a session that may write waits for its turn, 30 s at most).
        """

    @abstractmethod
    def close(self) -> None:
        """Close what is open; a later session opens anew."""

    @abstractmethod
    def translated(self) -> AbstractContextManager[None]:
        """Turns the driver's errors into ours, without secrets; sessions have it built in."""

    @abstractmethod
    def engine(self) -> Engine:
        """An SQLAlchemy engine for migrations: one connection at a time, opened by this object."""

    @abstractmethod
    def revision(self) -> str | None:
        """Which of our migrations the database is at; None is none yet."""

    def read(
        self,
        table: str,
        to: Path,
        columns: Sequence[str] | None = None,
        where: Mapping[str, Condition] | None = None,
    ) -> Path:
        """A table's rows into the Parquet file `to`, in a transaction of its own; see `Session.read`."""
        with self.session(read_only=True) as session:
            return session.read(table, to, columns, where)

    def now(self) -> datetime:
        """The database's clock, aware in UTC."""
        with self.session(read_only=True) as session:
            return session.now()

    def required_columns(self, table: str) -> list[str]:
        """Columns of an adopted table that demand a value, have no default, and that we don't fill."""
        with self.session(read_only=True) as session:
            return session.required_columns(table)
