"""What the metrics are made of, read from the state database in one read-only transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from tasks.errors import UnreachableError, WrongSettingsError
from tasks.state import HEAD, StateDatabase, open_unchanged

Rows = Sequence[Mapping[str, Any]]
Reason = Literal["unreachable", "wrong_settings", "no_tables", "other_version", "slow", "error"]
REASONS: tuple[Reason, ...] = get_args(Reason)
STILL_HERE = timedelta(days=35)  # a feed or shop without any run for so long was given up
LONGEST_RUN = timedelta(days=1)  # runs are found by their start and counted by their end


class UnreadableError(Exception):
    """The state database can't be read: for which reason, and in words without a secret."""

    def __init__(self, reason: Reason, words: str) -> None:
        super().__init__(words)
        self.reason = reason


@dataclass(frozen=True)
class Facts:
    """Rows of the statements `tasks/state/sql/metrics_*.sql` and others of their names, at one moment."""

    now: datetime
    runs: Rows
    counts: Rows
    feeds: Rows
    shops: Rows
    names: Mapping[int, str]
    leases: Rows
    alerts: Rows


def week_of(now: datetime) -> datetime:
    """When the counters began: Monday, 00:00 UTC."""
    return (now - timedelta(days=now.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)


class Reader:
    """Opens the state database at the first answer and keeps it; not for several threads at a time."""

    def __init__(self) -> None:
        self._state: StateDatabase | None = None

    def read(self) -> Facts:
        """Errors: UnreadableError."""
        try:
            self._state = self._state or open_unchanged()
            revision = self._state.revision()
        except (UnreachableError, WrongSettingsError) as error:
            reason: Reason = "unreachable" if isinstance(error, UnreachableError) else "wrong_settings"
            raise UnreadableError(reason, str(error)) from None
        if revision is None:
            raise UnreadableError(
                "no_tables",
                f"`{self._state.shown}`: expected our tables, got none. The first run makes them; if there were runs,"
                " this is another database: see REXBIT_DATABASE_URL",
            )
        try:
            return _facts(self._state)
        except UnreachableError as error:
            raise UnreadableError("unreachable", str(error)) from None
        except Exception as error:
            if revision == HEAD:
                raise
            raise UnreadableError(
                "other_version",
                f"`{self._state.shown}`: expected tables of version {HEAD}, got {revision} ({type(error).__name__})."
                " Run this program and the workers from the same version",
            ) from None


def _facts(state: StateDatabase) -> Facts:
    with state.session(read_only=True) as session:
        if state.kind == "postgresql":
            session.execute("metrics_settings_postgresql")
        now = session.now()
        still = {"since": now - STILL_HERE}
        week = week_of(now)
        shops = session.execute("metrics_shops", {"now": now})
        suppliers = session.execute("supplier_names")
        return Facts(
            now=now,
            runs=[*session.execute("metrics_runs", still), *session.execute("metrics_runs_of_none", still)],
            counts=session.execute("metrics_counts", {"since": week, "begun": week - LONGEST_RUN}),
            feeds=session.execute("metrics_feeds"),
            shops=shops,
            names={int(row["integration_id"]): str(row["name"]) for row in [*suppliers, *shops]},
            leases=session.execute("leases_all"),
            alerts=session.execute("alerts_open"),
        )
