"""The address of a database: read once, and shown without its password ever after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from tasks.errors import WrongSettingsError

EXPECTED = "expected `postgresql://USER:PASSWORD@HOST:PORT/DATABASE` or `sqlite:///PATH`"


@dataclass(frozen=True)
class Address:
    """What it takes to connect; `repr` and `shown` hold no secret."""

    kind: str
    shown: str
    path: Path | None = None
    options: Mapping[str, Any] = field(default_factory=dict, repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)

    def masked(self, text: str) -> str:
        """A text of the driver, with everything secret starred out."""
        for secret in self.secrets:
            text = text.replace(secret, "***")
        return " ".join(text.split())


def read_address(url: str | URL, where: str, more: Mapping[str, Any] | None = None) -> Address:
    """Read an SQLAlchemy address; `where` names the setting it came from, `more` are options of the driver.

    Errors: WrongSettingsError for another database, or what is no address; its text holds no part of it.
    """
    try:
        parts = make_url(str(url).strip() if isinstance(url, str) else url)
    except (ArgumentError, ValueError):
        raise WrongSettingsError(f"{where}: {EXPECTED}, got something that can't be read as an address") from None
    kind = parts.drivername.partition("+")[0]
    if kind == "sqlite":
        return _sqlite(parts, where)
    if kind in {"postgresql", "postgres"}:
        return _postgresql(parts, dict(more or {}))
    raise WrongSettingsError(f"{where}: {EXPECTED}, got one of kind `{kind}`")


def sqlite_address(path: Path) -> Address:
    """The address of an SQLite file."""
    path = path.expanduser().absolute()
    return Address("sqlite", f"sqlite:///{path}", path)


def _sqlite(parts: URL, where: str) -> Address:
    if not parts.database or parts.database == ":memory:":
        raise WrongSettingsError(
            f"{where}: expected the path of a file after `sqlite:///`, got none;"
            " a database in memory could not be shared between the steps of a run"
        )
    return sqlite_address(Path(parts.database))


def _postgresql(parts: URL, more: dict[str, Any]) -> Address:
    given = {
        "host": parts.host,
        "port": parts.port,
        "user": parts.username,
        "password": parts.password,
        "dbname": parts.database,
    }
    options = {**more, **parts.query, **{name: value for name, value in given.items() if value is not None}}
    passwords = {str(options[name]) for name in ("password", "sslpassword") if options.get(name)}
    secrets = sorted(passwords | {quote(password, safe="") for password in passwords}, key=len, reverse=True)
    host, port = options.get("host", "localhost"), options.get("port", 5432)
    user = f"{options['user']}@" if options.get("user") else ""
    return Address(
        "postgresql",
        f"postgresql://{user}{host}:{port}/{options.get('dbname', '')}",
        options=options,
        secrets=tuple(secrets),
    )
