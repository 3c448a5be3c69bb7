"""A window in one UPDATE a column: the server takes the rows out of JSON and compares each with what it shall hold.

What a server can't do, and whatever is not exactly as planned, is left to `writing.py`, which judges row by row. The
JSON is always a literal of the statement: out of a user variable it brought MariaDB 10.11 down (latin1 by default).
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Sequence

import pymysql

from tasks.prestashop.database.connection import CONNECTION_LOST, LOCKED, NO_PERMISSION, JsonText, error_code
from tasks.prestashop.database.session import ServerWarningError, Session
from tasks.prestashop.database.targets import Target, in_chunks, targets_of
from tasks.prestashop.model import Part, Together
from tasks.prestashop.scopes import Scope

ABLE = ("2", "1")  # rows and nulls of the probe
NOT_ABLE = NO_PERMISSION | {1064, 1235, 1288}  # the server takes no such UPDATE, of this user or of anybody

logger = logging.getLogger(__name__)


class _NotAsPlannedError(Exception):
    """Some row holds something else than planned: the window is to be judged row by row."""


class TogetherWriter:
    """Writes windows on one session, as long as the server is able to."""

    def __init__(self, session: Session, scope: Scope, *, physical_quantity: bool) -> None:
        self._session = session
        self._scope = scope
        self._tables = targets_of(physical_quantity=physical_quantity)
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
                for targets in self._tables:
                    self._write_table(targets, window)
        except (_NotAsPlannedError, ServerWarningError) as error:
            logger.debug("window is judged row by row: %s", error)
            return False
        except pymysql.MySQLError as error:
            if error_code(error) in LOCKED | CONNECTION_LOST:
                raise
            if error_code(error) in NOT_ABLE:
                self._largest = 0
            logger.debug("window is judged row by row: %s", error)
            return False
        return True

    def _write_table(self, targets: Sequence[Target], window: Together) -> None:
        parts = {target: window.parts.get((target.rows.kind, target.column)) for target in targets}
        given = {target: part for target, part in parts.items() if part}
        if len(given) > 1 and targets[0].rows.kind == "stock":
            self._lock_stock(given.values())
        for target, part in given.items():
            self._write(target, part)

    def _lock_stock(self, parts: Iterable[Part]) -> None:
        """Lock the rows of several columns in the order of their key.

        Column after column we would come back to a product's row while a customer's order, on its way through the rows
        of the product, waits for another: a deadlock, and the order would be the one to fail.
        """
        ids = sorted({row[0] for part in parts for row in json.loads(part.rows)})
        for chunk in in_chunks(ids):
            self._session.rows("lock_stock", {**self._scope.values, "ids": chunk}, lock=True)

    def _write(self, target: Target, part: Part) -> None:
        values = {**self._scope.values, "rows": JsonText(part.rows)}
        changed = self._session.write(f"together_write_{target.written}", values, target.column)
        count = self._session.rows(f"together_count_{target.rows.kind}", values, column=target.column)
        held = int(count[0][0])
        if (changed, held) != (part.new, part.given):
            raise _NotAsPlannedError(f"{target.name}: changed {changed} of {part.new}, hold {held} of {part.given}")

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
