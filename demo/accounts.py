"""Small things both servers need: a password kept in the folder, and names that are safe in SQL."""

from __future__ import annotations

import re
import secrets
from pathlib import Path

ADMIN = "rexbit"


def kept_password(folder: Path) -> str:
    """Return the folder's administrator password, made on the first call, readable by the owner only."""
    path = folder / "password"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(18), encoding="ascii")
    return path.read_text(encoding="ascii")


def safe_name(name: str) -> str:
    """Return a database's or user's name if it can stand in SQL as it is; ValueError otherwise."""
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,62}", name):
        raise ValueError(f"expected a name of letters, digits and underscores, got `{name}`")
    return name
