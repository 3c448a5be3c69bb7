"""Into an SSH server that proves itself by a pinned key first; nothing of the machine's own SSH is used."""

from __future__ import annotations

from typing import NamedTuple

import asyncssh


class Login(NamedTuple):
    """Where to, as whom, and by which key the server proves itself; `password` opens `private_key` if there is one.

    `host_key`: a fingerprint `SHA256:…` or a public key; with None no server is trusted.
    """

    host: str
    port: int
    user: str
    password: str | None
    private_key: str | None
    host_key: str | None

    def __repr__(self) -> str:
        return f"Login({self.user}@{self.host}:{self.port})"


class UnreadableKeyError(Exception):
    """A key of the settings is none, or the password does not open it."""


class Met(asyncssh.SSHClient):
    """Compares the server's key with the pinned one, and remembers what it met for the message."""

    def __init__(self, pinned: str | None) -> None:
        self.pinned = pinned
        self.kind = self.fingerprint = ""

    @property
    def found(self) -> str:
        """The key that the server showed, in words."""
        return f"the key {self.fingerprint} ({self.kind})"

    def validate_host_public_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:  # noqa: ARG002 (its signature)
        self.kind, self.fingerprint = key.get_algorithm(), key.get_fingerprint()
        if self.pinned and self.pinned.startswith("SHA256:"):
            return self.fingerprint == self.pinned.rstrip("=")
        return False  # a pinned public key is known to the connection, and not asked for here


async def enter(
    login: Login, met: Met, *, connect_seconds: float, login_seconds: float, keepalive_seconds: float = 0
) -> asyncssh.SSHClientConnection:
    """Connect and log in.

    `keepalive_seconds`: how often the server is asked whether it is still there; after three times without an answer
    the connection counts as lost. Raises UnreadableKeyError and what asyncssh raises: HostKeyNotVerifiable before any
    secret was sent.
    """
    try:
        key = asyncssh.import_private_key(login.private_key, login.password) if login.private_key else None
        known = [asyncssh.import_public_key(met.pinned)] if met.pinned and " " in met.pinned else []
    except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError) as error:
        raise UnreadableKeyError(str(error)) from None
    return await asyncssh.connect(
        login.host,
        login.port,
        client_factory=lambda: met,
        config=None,  # nothing of the machine's own SSH: neither its keys nor its agent
        known_hosts=(known, [], []),
        username=login.user,
        password=None if key else login.password,
        client_keys=[key] if key else None,
        agent_path=None,
        gss_host=None,
        connect_timeout=connect_seconds,
        login_timeout=login_seconds,
        keepalive_interval=keepalive_seconds,
    )
