"""A run that ends at its nth statement to a database, like a process that is killed: it sends nothing after that."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, Self
from unittest.mock import patch

from pymysql.connections import Connection

from tasks.state.session import Session

STATEMENTS: tuple[tuple[type[Any], str], ...] = (
    (Connection, "_execute_command"),
    *((Session, name) for name in ("read", "insert", "upsert", "update", "delete", "execute")),
)

BEGUN = "change_set_begun"


class Died(BaseException):
    """The process is gone: nothing may catch this and go on."""


class Dying:
    """Ends the process of a `with` block at its nth statement: before it, or (`answered`) after the server got it.

    Counted from the beginning of a change set on: what comes before that only reads.
    """

    def __init__(self, nth: int, *, answered: bool) -> None:
        self.is_dead = False
        self._left = nth
        self._is_writing = False
        self._answered = answered
        self._lock = threading.Lock()
        self._patches = ExitStack()

    def __enter__(self) -> Self:
        for owner, name in STATEMENTS:
            self._patches.enter_context(patch.object(owner, name, self._counting(getattr(owner, name))))
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> bool:
        self._patches.close()
        return kind is not None and issubclass(kind, Died)

    def _counting(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def statement(*given: Any, **named: Any) -> Any:
            with self._lock:
                self._is_writing = self._is_writing or BEGUN in given
                self._left -= self._is_writing
                at_it, dead = self._left <= 0, self.is_dead
                self.is_dead = self.is_dead or at_it
            if dead or (at_it and not self._answered):
                raise Died
            result = real(*given, **named)
            if self.is_dead:
                raise Died
            return result

        return statement
