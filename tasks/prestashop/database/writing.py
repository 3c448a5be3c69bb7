"""One window of changes in one transaction: lock, compare exactly, write what still holds `before`, read back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import pymysql

from tasks.prestashop.database.connection import NO_PERMISSION, Ids, error_code
from tasks.prestashop.database.session import Row, ServerWarningError, Session
from tasks.prestashop.database.targets import Key, Target, in_chunks, targets_of
from tasks.prestashop.judging import Held, judge, outcome
from tasks.prestashop.model import Change, Outcome
from tasks.prestashop.scopes import Scope

REFUSED_VALUES = (pymysql.err.DataError, pymysql.err.IntegrityError)
SIGNALLED = 1644  # a trigger of the shop said no


class Update(NamedTuple):
    """One UPDATE: rows of one language that get the same value (`before` counts only where rows aren't locked)."""

    id_lang: int | None
    after: str | None
    before: str | None
    rows: Ids


class WindowFailedError(Exception):
    """Nothing of the window may stay written; the message says why."""


@dataclass
class Writer:
    """Writes windows on one session; `locking` is given up where the server doesn't let the user lock rows."""

    session: Session
    scope: Scope
    physical_quantity: bool
    locking: bool = True
    # of the window at hand; a change is named by its place in it
    changes: Sequence[Change] = ()
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    to_write: dict[int, Held] = field(default_factory=dict)

    def window(self, changes: Sequence[Change]) -> list[Outcome]:
        """Apply the changes together; on a warning or mismatch nothing is written and the outcomes say so."""
        self.changes, self.outcomes, self.to_write = changes, {}, {}
        try:
            with self.session.transaction():
                for targets in targets_of(physical_quantity=self.physical_quantity):
                    self._write_table(targets)
        except (WindowFailedError, ServerWarningError, *REFUSED_VALUES) as error:
            self._fail(str(error.args[-1]))
        except pymysql.MySQLError as error:
            if error_code(error) != SIGNALLED:
                raise
            self._fail(str(error.args[-1]))
        return [self.outcomes[place] for place in range(len(changes))]

    def _write_table(self, targets: Sequence[Target]) -> None:
        """Write columns of a table; the first one locks the rows of all, in the order of their key."""
        rows = targets[0].rows
        all_places = [place for place, change in enumerate(self.changes) if rows.takes(change)]
        for target in targets:
            places = [place for place in all_places if target.takes(self.changes[place])]
            if places:
                self._write_target(target, places, self._held(target, all_places, lock=self.locking))

    def _write_target(self, target: Target, places: Sequence[int], held: Mapping[Key, Held]) -> None:
        to_write: list[int] = []
        for place in places:
            row = held.get(target.rows.key(self.changes[place]))
            judged = judge(self.changes[place], row)
            if judged is not None:
                self.outcomes[place] = judged
            elif row is not None:
                to_write.append(place)
                self.to_write[place] = row
        written = sum(self._write(target, update) for update in self._updates(to_write))
        if written == len(to_write):
            self.outcomes.update((place, outcome(self.changes[place], "written")) for place in to_write)
        elif self.locking:
            raise WindowFailedError(
                f"read back {written} of {len(to_write)} values of {target.name} as they were written."
                " Has the shop a trigger that changes them?"
            )
        else:
            self._look_who_was_quicker(target, to_write)

    def _write(self, target: Target, update: Update) -> int:
        """Run one UPDATE and return how many of its rows hold the value afterwards, compared byte by byte."""
        values = {**self.scope.values, **update._asdict()}
        guard = None if self.locking else target.rows.guard
        self.session.write(f"write_{target.written}", values, target.column, guard)
        return int(self.session.rows(f"count_{target.rows.kind}", values, column=target.column)[0][0])

    def _held(self, target: Target, places: Sequence[int], *, lock: bool) -> dict[Key, Held]:
        """Read the rows of the changes, in key order; with `lock` they stay as they are until the commit."""
        languages = tuple(sorted({self.changes[place].id_lang or 0 for place in places}))
        held: dict[Key, Held] = {}
        for chunk in in_chunks(sorted({target.rows.id(self.changes[place]) for place in places})):
            values = {**self.scope.values, "ids": chunk, "languages": languages}
            for id_lang, value, items in self._rows(target, values, lock=lock):
                for key, handle in target.rows.keys(int(id_lang), items):
                    held[key] = Held(handle, value)
        return held

    def _rows(self, target: Target, values: dict[str, object], *, lock: bool) -> Iterable[Row]:
        name = f"held_{target.rows.kind}"
        if not (lock and self.locking):
            return self.session.rows(name, values, column=target.column)
        try:
            return self.session.rows(name, values, column=target.column, lock=True)
        except pymysql.MySQLError as error:
            if error_code(error) not in NO_PERMISSION:
                raise
        # a server may ask for more than column grants to lock rows: then each UPDATE compares for itself
        self.locking = False
        return self.session.rows(name, values, column=target.column)

    def _updates(self, places: Sequence[int]) -> Iterator[Update]:
        """Group rows that get the same value (and, unless locked, hold the same one) into one UPDATE each."""
        groups: dict[tuple[int | None, str | None, str | None], list[int]] = {}
        for place in places:
            change = self.changes[place]
            group = change.id_lang, change.after, None if self.locking else change.before
            groups.setdefault(group, []).append(self.to_write[place].handle)
        for group, handles in groups.items():
            for rows in in_chunks(sorted(handles)):
                yield Update(*group, rows)

    def _look_who_was_quicker(self, target: Target, places: Sequence[int]) -> None:
        """Tell rows that a guarded UPDATE wrote from those that somebody changed a moment before it."""
        held = self._held(target, places, lock=False)
        for place in places:
            change = self.changes[place]
            row = held.get(target.rows.key(change))
            done = row is not None and row.value == change.after
            self.outcomes[place] = (
                outcome(change, "written") if done else outcome(change, "left", row.value if row else None)
            )

    def _fail(self, why: str) -> None:
        """Nothing was written: whatever was to be, or had not been looked at yet, failed."""
        for place, change in enumerate(self.changes):
            if place in self.to_write or place not in self.outcomes:
                row = self.to_write.get(place)
                message = f"nothing of this window was written: {why}"
                self.outcomes[place] = outcome(change, "failed", row.value if row else None, message)
