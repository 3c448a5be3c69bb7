"""A feed's address: with its secrets for the request, and without them for people."""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

from blocks import SupplierFeed
from tasks.errors import WrongSettingsError

MASK = "***"
SECRET_NAMES = re.compile(r"key|token|pass|pwd|secret|auth|sig|hash|login|user|session|code|client", re.IGNORECASE)
LONG_QUERY_VALUE = 16
LONG_PATH_PART = 24


@dataclass(frozen=True)
class Place:
    """Where a server's file or folder is, and who asks; password and path (a token may be in it) are not shown."""

    host: str
    port: int | None
    user: str
    password: str = field(repr=False)
    path: str = field(repr=False)


def scheme_of(source: str) -> str:
    """What stands before `://`, in small letters; `file` for a path."""
    found = re.match(r"([a-z][a-z0-9+.-]*)://", source, re.IGNORECASE)
    return found[1].lower() if found else "file"


def is_web(source: str) -> bool:
    """Whether the source is an http(s) address."""
    return scheme_of(source) in {"http", "https"}


def place_of(source: str, feed: SupplierFeed | None) -> Place:
    """Take an address of a server apart; the block's user name and password go before those in the address.

    Raises WrongSettingsError for an address without a host, or with a wrong port.
    """
    try:
        parts = urlsplit(with_token(feed) if feed else source)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not host or parts.query or parts.fragment:
        raise WrongSettingsError(
            f"source: expected an address like {scheme_of(source)}://host/folder/file.csv (`?` written as %3F, `#` as"
            f" %23), got {shown(source)}"
        )
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if feed and feed.username:
        user = feed.username
    if feed and feed.password:
        password = feed.password.get_secret_value()
    return Place(host, port, user, password, unquote(parts.path) or "/")


def shown(source: str) -> str:
    """Give the source without user, password and whatever looks like a secret; `{token}` stays as it is."""
    if scheme_of(source) == "file":
        return source.removeprefix("file://")
    try:
        urlsplit(source)
    except ValueError:
        return f"{scheme_of(source)}://{MASK}"
    parts = urlsplit(source)
    host = parts.netloc.rpartition("@")[2]
    netloc = f"{MASK}@{host}" if "@" in parts.netloc else host
    path = "/".join(MASK if _looks_secret(part, LONG_PATH_PART) else part for part in parts.path.split("/"))
    pairs = [
        (name, MASK if _hides(name, value) else value) for name, value in parse_qsl(parts.query, keep_blank_values=True)
    ]
    return urlunsplit((parts.scheme, netloc, path, urlencode(pairs, safe="{}*/:,"), ""))


def without_secrets(text: str, feed: SupplierFeed | None, source: str = "") -> str:
    """Give a foreign text (error page, redirect) with the feed's own secrets, and the address's, masked."""
    for secret in secrets_of(feed, source):
        for form in {secret, quote(secret, safe="")}:
            text = text.replace(form, MASK)
    return text


def secrets_of(feed: SupplierFeed | None, source: str = "") -> list[str]:
    """List the secrets a feed (or a bare source) holds, in clear, for masking only; the longest first."""
    held: list[str] = []
    if feed is not None:
        source = feed.source
        fields = (feed.token, feed.password, feed.header_value, feed.private_key)
        held = [one.get_secret_value() for one in fields if one]
    with contextlib.suppress(
        ValueError
    ):  # an address that can't be taken apart is refused elsewhere, without showing it
        held.append(unquote(urlsplit(source).password or "") if scheme_of(source) != "file" else "")
    return sorted({secret for secret in held if secret}, key=len, reverse=True)


def with_token(feed: SupplierFeed) -> str:
    """Give the address to ask, with the token in its place (quoted)."""
    token = feed.token.get_secret_value() if feed.token else ""
    return feed.source.replace("{token}", quote(token, safe=""))


def _hides(name: str, value: str) -> bool:
    if "{token}" in value:
        return False
    return bool(SECRET_NAMES.search(name)) or _looks_secret(value, LONG_QUERY_VALUE)


def _looks_secret(part: str, length: int) -> bool:
    """Tell whether a part is a long run of letters and digits: more likely a key than a word."""
    return len(part) >= length and bool(re.fullmatch(r"(?=.*\d)(?=.*[A-Za-z])[A-Za-z0-9_=+-]+", part))
