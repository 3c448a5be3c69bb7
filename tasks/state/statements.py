"""The SQL of the bulk verbs, made of quoted identifiers only; every value arrives beside it.

Both databases speak the same upsert but for the operator that compares with NULL, which a `Dialect` brings.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

Differs = Callable[[str, str, str], str]
"""(column, old value's SQL, new value's SQL) -> a condition that is true where the two differ, NULL being a value."""


@dataclass(frozen=True)
class Target:
    """Where rows go: the table, their columns, their key, and the time columns that the database fills."""

    table: str
    columns: tuple[str, ...]
    key: tuple[str, ...] = ()
    stamped: tuple[str, ...] = ()


@dataclass(frozen=True)
class Dialect:
    """What the two databases say differently.

    `now`: the SQL of the time; `differs`: of "these two differ"; `source`: what follows INSERT's column list, made
    of the list of columns and of the SQL of the stamps.
    """

    now: str
    differs: Differs
    source: Callable[[Sequence[str], Sequence[str]], str]


def quoted(name: str) -> str:
    """An identifier as SQL text."""
    return '"' + name.replace('"', '""') + '"'


def listed(names: Sequence[str], prefix: str = "") -> str:
    """Identifiers as a comma-separated SQL list, each after `prefix` (an alias and its point)."""
    return ", ".join(prefix + quoted(name) for name in names)


def insert(target: Target, dialect: Dialect) -> str:
    """INSERT of the incoming rows."""
    names = listed([*target.columns, *target.stamped])
    source = dialect.source(target.columns, [dialect.now] * len(target.stamped))
    return f"INSERT INTO {quoted(target.table)} AS t ({names}) {source}"


def upsert(target: Target, dialect: Dialect, update: Sequence[str]) -> str:
    """INSERT that turns into an UPDATE of the columns `update` where the key exists and one of them differs."""
    start = f"{insert(target, dialect)} ON CONFLICT ({listed(target.key)}) DO"
    if not update:
        return f"{start} NOTHING"
    changes = _changes(target, dialect, update, "excluded.")
    return f"{start} UPDATE SET {changes} WHERE {any_differs(update, dialect, 'excluded.')}"


def update(target: Target, dialect: Dialect) -> str:
    """UPDATE from the rows of `incoming` that share the key and differ."""
    columns = [name for name in target.columns if name not in target.key]
    return (
        f"UPDATE {quoted(target.table)} AS t SET {_changes(target, dialect, columns, 'i.')} FROM incoming AS i"  # noqa: S608
        f" WHERE {same_key(target.key)} AND ({any_differs(columns, dialect, 'i.')})"
    )


def same_key(key: Sequence[str]) -> str:
    """The condition that joins the table `t` with the incoming rows `i`."""
    return " AND ".join(f"t.{quoted(name)} = i.{quoted(name)}" for name in key)


def any_differs(columns: Sequence[str], dialect: Dialect, new: str) -> str:
    """The condition that one of the columns differs from its new value, which stands under the prefix `new`."""
    return " OR ".join(dialect.differs(name, f"t.{quoted(name)}", new + quoted(name)) for name in columns)


def _changes(target: Target, dialect: Dialect, columns: Sequence[str], new: str) -> str:
    changes = [f"{quoted(name)} = {new}{quoted(name)}" for name in columns]
    changes += [f"{quoted(name)} = {dialect.now}" for name in target.stamped if name == "updated_at"]
    return ", ".join(changes)
