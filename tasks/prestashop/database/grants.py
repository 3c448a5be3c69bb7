"""What a database user may do, read from SHOW GRANTS, beside what a sync needs: the grants missing and too many."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

# one privilege of a list: `SELECT`, `ALL PRIVILEGES`, `UPDATE (`a`, `b`)`
PRIVILEGE = re.compile(r"\s*([A-Z][A-Z _]*?)\s*(?:\(([^)]*)\))?\s*(?:,|$)")
NAME = r"(?:`(?:[^`]|``)*`|\"(?:[^\"]|\"\")*\"|[^\s.`\"]+)"
ACCOUNT = r"(?:`(?:[^`]|``)*`|'(?:[^']|'')*'|\"[^\"]*\"|[^\s@`'\"]+)"
GRANT = re.compile(
    rf"^GRANT (?P<privileges>.+?) ON (?:TABLE )?(?P<database>{NAME})\.(?P<table>{NAME})"
    rf" TO (?P<to>{ACCOUNT}(?:@{ACCOUNT})?)(?P<rest>.*)$",
    re.DOTALL,
)
GRANT_OPTION = "GRANT OPTION"
ALONE = {GRANT_OPTION, "ALL PRIVILEGES"}  # a REVOKE of one of these takes no other beside it
NOTHING = {"USAGE"}
EVERYTHING = {"ALL", "ALL PRIVILEGES"}
HARMLESS = {"SHOW VIEW", "SHOW DATABASES"}  # reading what is defined


class Grant(NamedTuple):
    r"""One privilege in one place: `columns` empty = the whole table; `database` and `table` may be `*`.

    `database` is a pattern (`_` and `%` as in LIKE, `\_` taken literally) where `table` is `*`. `to`: the user or role
    that has it, as the server writes it.
    """

    privilege: str
    columns: frozenset[str]
    database: str
    table: str
    to: str

    @property
    def place(self) -> str:
        """The place as a GRANT or REVOKE statement names it."""
        database = "*" if self.database == "*" else _quoted(self.database)
        return f"{database}.{'*' if self.table == '*' else _quoted(self.table)}"

    @property
    def what(self) -> str:
        """The privilege as a GRANT or REVOKE statement names it."""
        return _what(self.privilege, self.columns)

    def covers(self, database: str, table: str) -> bool:
        """Tell whether this grant holds for a table."""
        if self.table != "*":
            return self.database == database and self.table == table
        return self.database == "*" or _like(self.database, database)


class Need(NamedTuple):
    """A privilege on a table, its name with prefix; `columns` empty = the whole table."""

    privilege: str
    columns: frozenset[str]
    table: str


def parse_grants(lines: Iterable[str]) -> list[Grant]:
    """Read the lines of SHOW GRANTS; what says nothing about tables (roles, routines, proxies) is passed over."""
    return [grant for line in lines for grant in _parse_line(line)]


def _parse_line(line: str) -> Iterator[Grant]:
    found = GRANT.match(line.strip())
    if not found or re.search(r" ON (?:PROCEDURE|FUNCTION|PACKAGE|PACKAGE BODY) ", line):
        return
    database, table = _plain(found["database"]), _plain(found["table"])
    for privilege, columns in PRIVILEGE.findall(found["privileges"]):
        names = frozenset(_plain(name.strip()) for name in columns.split(",")) if columns else frozenset()
        if privilege not in NOTHING:
            name = "ALL PRIVILEGES" if privilege in EVERYTHING else privilege
            yield Grant(name, names, database, table, found["to"])
    if "WITH GRANT OPTION" in found["rest"]:
        yield Grant(GRANT_OPTION, frozenset(), database, table, found["to"])


def missing(grants: Sequence[Grant], needs: Iterable[Need], database: str) -> list[Need]:
    """Return the needs that no grant covers; of a need by column, only the columns that are not covered."""
    lacking = []
    for need in needs:
        fitting = [
            grant
            for grant in grants
            if grant.covers(database, need.table) and grant.privilege in {need.privilege, "ALL PRIVILEGES"}
        ]
        if any(not grant.columns for grant in fitting):
            continue
        columns = need.columns.difference(*(grant.columns for grant in fitting))
        if columns or not need.columns:
            lacking.append(need._replace(columns=columns))
    return lacking


def surplus(grants: Iterable[Grant], allowed: Sequence[Need], database: str, prefix: str) -> list[Grant]:
    """Return what the user may do with this shop beyond `allowed`: grants, or the columns of one, to be revoked.

    `prefix`: the shop's tables begin with it; a table grant on others in the same database is none of our business.
    """
    found = (_excess(grant, allowed) for grant in grants if _concerns(grant, database, prefix))
    return [grant for grant in found if grant is not None]


def _concerns(grant: Grant, database: str, prefix: str) -> bool:
    if grant.privilege in HARMLESS:
        return False
    if grant.table == "*":
        return grant.database == "*" or _like(grant.database, database)
    return grant.database == database and grant.table.startswith(prefix)


def _excess(grant: Grant, allowed: Sequence[Need]) -> Grant | None:
    fitting = [need for need in allowed if (need.table, need.privilege) == (grant.table, grant.privilege)]
    if any(not need.columns for need in fitting):
        return None
    if not fitting or not grant.columns:
        return grant
    columns = grant.columns.difference(*(need.columns for need in fitting))
    return grant._replace(columns=columns) if columns else None


def without(grants: Iterable[Grant], revoked: Sequence[Grant]) -> list[Grant]:
    """Return the grants that stay when some are revoked."""
    stay = []
    for grant in grants:
        same = [other for other in revoked if other._replace(columns=grant.columns) == grant]
        columns = grant.columns.difference(*(other.columns for other in same))
        if not same or columns:
            stay.append(grant._replace(columns=columns))
    return stay


def grant_statements(needs: Iterable[Need], database: str, user: str) -> list[str]:
    """Return the GRANT statements for needs, to be copied; `user` as CURRENT_USER() gives it."""
    who = account(user)
    return [
        f"GRANT {_what(need.privilege, need.columns)} ON {_quoted(database)}.{_quoted(need.table)} TO {who};"
        for need in needs
    ]


def revoke_statements(grants: Iterable[Grant]) -> list[str]:
    """Return the REVOKE statements for grants, to be copied."""
    places: dict[tuple[str, str, str], list[str]] = {}
    for grant in grants:
        alone = grant.privilege if grant.privilege in ALONE else ""
        places.setdefault((grant.place, grant.to, alone), []).append(grant.what)
    return [f"REVOKE {', '.join(what)} ON {place} FROM {to};" for (place, to, _), what in places.items()]


def account(user: str) -> str:
    """Return `name@host` as SQL: `'name'@'host'`."""
    name, _, host = user.rpartition("@")
    return "@".join("'" + part.replace("\\", "\\\\").replace("'", "''") + "'" for part in (name, host))


def _what(privilege: str, columns: frozenset[str]) -> str:
    return f"{privilege} ({', '.join(map(_quoted, sorted(columns)))})" if columns else privilege


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _plain(name: str) -> str:
    mark = name[:1]
    return name[1:-1].replace(mark * 2, mark) if mark in {"`", '"'} else name


def _like(pattern: str, database: str) -> bool:
    """Tell whether a database's name fits the pattern of a grant."""
    parts = re.findall(r"\\.|.", pattern, re.DOTALL)
    words = {"%": ".*", "_": "."}
    text = "".join(words.get(part, re.escape(part[-1])) for part in parts)
    return re.fullmatch(text, database, re.DOTALL) is not None
