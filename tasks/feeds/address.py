"""A feed's address: with its secrets for the request, and without them for people."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

from blocks import SupplierFeed

MASK = "***"
SECRET_NAMES = re.compile(r"key|token|pass|pwd|secret|auth|sig|hash|login|user|session|code|client", re.IGNORECASE)
LONG_QUERY_VALUE = 16
LONG_PATH_PART = 24


def is_web(source: str) -> bool:
    """Whether the source is an http(s) address; anything else is a file's path."""
    return re.match(r"https?://", source, re.IGNORECASE) is not None


def shown(source: str) -> str:
    """Give the source without user, password and whatever looks like a secret; `{token}` stays as it is."""
    if not is_web(source):
        return source.removeprefix("file://")
    parts = urlsplit(source)
    host = parts.netloc.rpartition("@")[2]
    netloc = f"{MASK}@{host}" if "@" in parts.netloc else host
    path = "/".join(MASK if _looks_secret(part, LONG_PATH_PART) else part for part in parts.path.split("/"))
    pairs = [
        (name, MASK if _hides(name, value) else value) for name, value in parse_qsl(parts.query, keep_blank_values=True)
    ]
    return urlunsplit((parts.scheme, netloc, path, urlencode(pairs, safe="{}*/:,"), ""))


def without_secrets(text: str, feed: SupplierFeed | None) -> str:
    """Give a foreign text (error page, redirect) with the feed's own secrets masked."""
    for secret in secrets_of(feed):
        for form in {secret, quote(secret, safe="")}:
            text = text.replace(form, MASK)
    return text


def secrets_of(feed: SupplierFeed | None) -> list[str]:
    """List the secrets a feed holds, in clear, for masking only; the longest first."""
    if feed is None:
        return []
    held = [field.get_secret_value() for field in (feed.token, feed.password, feed.header_value) if field]
    password = urlsplit(feed.source).password if is_web(feed.source) else None
    return sorted({secret for secret in [*held, unquote(password or "")] if secret}, key=len, reverse=True)


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
