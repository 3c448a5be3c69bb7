"""A window in one UPDATE a table: the server takes the rows out of JSON and compares each with what it shall hold.

What a server can't do, and whatever is not exactly as planned, is left to `writing.py`, which judges row by row. The
JSON is always a literal of the statement: out of a user variable it brought MariaDB 10.11 down (latin1 by default).
"""

from __future__ import annotations

import logging

import pymysql

from tasks.prestashop.capabilities import Scope
from tasks.prestashop.connection import CONNECTION_LOST, LOCKED, JsonText, error_code
from tasks.prestashop.model import Part, Target, Together
from tasks.prestashop.session import ServerWarningError, Session

# in the order they are written: the stock rows, for which customers wait, last and shortest
TARGETS: tuple[Target, ...] = ("texts", "labels", "flags")
ABLE = ("2", "1")  # rows and nulls of the probe

logger = logging.getLogger(__name__)


class _NotAsPlannedError(Exception):
    """Some row holds something else than planned: the window is to be judged row by row."""


class TogetherWriter:
    """Writes windows on one session, as long as the server is able to."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._scope = scope
        self._largest: int | None = None  # bytes a statement may have; 0: this server can't

    def write(self, window: Together) -> bool:
        """Write the window and read it back in one transaction; False: nothing was written.

        Errors: those of the driver that another attempt may heal (locks, a lost connection).
        """
        size = sum(len(part.rows.encode()) for part in window.parts.values())
        if 2 * size > self._largest_statement():
            return False
        try:
            with self._session.transaction():
                for target in TARGETS:
                    if target in window.parts:
                        self._write(target, window.parts[target])
        except (_NotAsPlannedError, ServerWarningError) as error:
            logger.debug("window is judged row by row: %s", error)
            return False
        except pymysql.MySQLError as error:
            if error_code(error) in LOCKED | CONNECTION_LOST:
                raise
            logger.debug("window is judged row by row: %s", error)
            return False
        return True

    def _write(self, target: Target, part: Part) -> None:
        values = {**self._scope.values, "rows": JsonText(part.rows)}
        changed = self._session.write(f"together_write_{target}", values)
        held = int(self._session.rows(f"together_count_{target}", values)[0][0])
        if (changed, held) != (part.new, part.given):
            raise _NotAsPlannedError(f"{target}: changed {changed} of {part.new}, hold {held} of {part.given}")

    def _largest_statement(self) -> int:
        if self._largest is None:
            try:
                rows, nulls, largest = self._session.rows("json_table")[0]
            except pymysql.MySQLError as error:
                if error_code(error) in CONNECTION_LOST:
                    raise
                self._largest = 0
            else:
                self._largest = int(largest) if (rows, nulls) == ABLE else 0
        return self._largest
