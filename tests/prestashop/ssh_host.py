"""An SSH server that leads to databases, as a host of shops has it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import asyncssh
from asyncssh.constants import OPEN_ADMINISTRATIVELY_PROHIBITED

from tests.feeds.servers import PASSWORD, USER, Login, ssh_server


class SshHost:
    """What a test asks of a running SSH server: settings for a tunnel, what was tried, and its sudden end."""

    def __init__(self, key: asyncssh.SSHKey) -> None:
        self.fingerprint = key.get_fingerprint()
        self.public_key = key.export_public_key().decode().strip()
        self.port = 0
        self.loop: asyncio.AbstractEventLoop
        self.logins = 0
        self.connections: list[asyncssh.SSHServerConnection] = []

    def tunnel(self, **settings: Any) -> dict[str, Any]:
        """The settings of a tunnel through it, as a block takes them."""
        given = {"username": USER, "password": PASSWORD, "host_key": self.fingerprint, **settings}
        return {"host": "127.0.0.1", "port": self.port, **given}

    def cut(self) -> None:
        """Break all connections, as a network does."""

        async def abort() -> None:
            for connection in self.connections:
                connection.abort()

        asyncio.run_coroutine_threadsafe(abort(), self.loop).result(10)


class _Server(Login):
    """Lets USER in, and leads wherever asked, or nowhere."""

    def __init__(self, host: SshHost, user_key: asyncssh.SSHKey | None, *, leads: bool) -> None:
        super().__init__(user_key)
        self.host = host
        self.leads = leads

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self.host.connections.append(conn)

    def begin_auth(self, *_: str) -> bool:
        self.host.logins += 1
        return True

    def connection_requested(self, *_: Any) -> bool:
        if not self.leads:
            raise asyncssh.ChannelOpenError(OPEN_ADMINISTRATIVELY_PROHIBITED, "open failed")
        return True

    def unix_connection_requested(self, *_: Any) -> bool:
        return True


@contextmanager
def ssh_host(user_key: asyncssh.SSHKey | None = None, *, leads: bool = True) -> Iterator[SshHost]:
    """Run an SSH server; `leads=False`: it lets in and forwards nothing."""
    key = asyncssh.generate_private_key("ssh-ed25519")
    host = SshHost(key)
    with ssh_server(key, server_factory=lambda: _Server(host, user_key, leads=leads)) as (host.port, host.loop):
        yield host
