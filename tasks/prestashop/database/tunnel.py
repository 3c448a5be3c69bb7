"""A way through an SSH server to a database: one of its own for each connection, and gone with it.

No port and no socket file stands open on this machine: the database's driver gets one end of a pair of sockets, the
other one is carried into the SSH connection by a thread.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from typing import Protocol, TypeVar

import asyncssh
from asyncssh.constants import OPEN_ADMINISTRATIVELY_PROHIBITED

from blocks import SshTunnel
from tasks.errors import UnreachableError, WrongSettingsError
from tasks.ssh import Login, Met, UnreadableKeyError, enter

LOGIN_SECONDS = 30
LEAVE_SECONDS = 2
KEEPALIVE_SECONDS = 15  # a server that is gone is noticed after three of them
BLOCK = 1 << 18

T = TypeVar("T")


class Reader(Protocol):
    """What bytes come out of."""

    async def read(self, n: int) -> bytes: ...


class Writer(Protocol):
    """What bytes go into."""

    def write(self, data: bytes) -> None: ...
    async def drain(self) -> None: ...
    def close(self) -> None: ...


class Tunnel:
    """An SSH connection in a thread of its own, open once made.

    `where`: address for messages. Errors: WrongSettingsError (host key, user, key, nothing may be forwarded),
    UnreachableError.
    """

    def __init__(self, ssh: SshTunnel, where: str, connect_seconds: float) -> None:
        self._ssh = ssh
        self._where = where
        self._connect_seconds = connect_seconds
        self._connection: asyncssh.SSHClientConnection | None = None
        self._carrying: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="ssh-tunnel", daemon=True)
        self._thread.start()
        try:
            self._enter()
        except BaseException:
            self.close()
            raise

    def _enter(self) -> None:
        ssh = self._ssh
        password = ssh.password.get_secret_value() if ssh.password else None
        key = ssh.private_key.get_secret_value() if ssh.private_key else None
        login = Login(ssh.host, ssh.port, ssh.username, password or None, key, ssh.host_key)
        met = Met(ssh.host_key)
        step = enter(
            login,
            met,
            connect_seconds=self._connect_seconds,
            login_seconds=LOGIN_SECONDS,
            keepalive_seconds=KEEPALIVE_SECONDS,
        )
        with self._explained(met):
            self._connection = self._wait(step, self._connect_seconds + LOGIN_SECONDS)

    def reach(self, host: str, port: int, unix_socket: str | None = None) -> socket.socket:
        """Return a socket that leads to a host and port, or to a socket file, as the SSH server sees them."""
        ours, theirs = socket.socketpair()
        try:
            with self._explained():
                self._wait(self._lead(theirs, host, port, unix_socket), self._connect_seconds)
        except BaseException:
            ours.close()
            theirs.close()
            raise
        return ours

    async def _lead(self, local: socket.socket, host: str, port: int, unix_socket: str | None) -> None:
        ssh = self._connection
        assert ssh is not None  # noqa: S101  (there is no tunnel without one)
        way = ssh.open_unix_connection(unix_socket) if unix_socket else ssh.open_connection(host, port)
        from_database, to_database = await way
        from_driver, to_driver = await asyncio.open_connection(sock=local)
        self._carry(from_driver, to_database)
        self._carry(from_database, to_driver)

    def _carry(self, source: Reader, to: Writer) -> None:
        task = self._loop.create_task(_carried(source, to))
        self._carrying.add(task)
        task.add_done_callback(self._carrying.discard)

    def close(self) -> None:
        """End the connection without waiting for the other side; what was reached through it ends with it."""
        if self._loop.is_closed():
            return
        asyncio.run_coroutine_threadsafe(self._leave(), self._loop)
        self._thread.join(LEAVE_SECONDS)
        if not self._thread.is_alive():
            self._loop.close()

    async def _leave(self) -> None:
        if self._connection:
            self._connection.abort()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        if others:
            await asyncio.wait(others, timeout=LEAVE_SECONDS / 2)
        await asyncio.sleep(0)  # sockets that were closed just now are closed in the loop's next round
        self._loop.stop()

    def _wait(self, step: Awaitable[T], seconds: float) -> T:
        async def bounded() -> T:
            return await asyncio.wait_for(step, seconds)

        return asyncio.run_coroutine_threadsafe(bounded(), self._loop).result()

    @contextmanager
    def _explained(self, met: Met | None = None) -> Iterator[None]:
        where, ssh = self._where, self._ssh
        try:
            yield
        except asyncssh.HostKeyNotVerifiable:
            raise _unproved(met or Met(ssh.host_key), where) from None
        except UnreadableKeyError as error:
            raise WrongSettingsError(
                f"{where}: a key of the SSH tunnel can't be read ({error}). Check its private key (the password opens"
                " it) and its host key in the shop's block"
            ) from None
        except asyncssh.PermissionDenied:
            raise WrongSettingsError(
                f"{where}: the SSH server refused the user. Check user name, password and private key of the SSH tunnel"
                " in the shop's block, and whether the host allows SSH from this machine's address"
            ) from None
        except asyncssh.ChannelOpenError as error:
            raise _closed(error, where) from None
        except (asyncssh.Error, OSError, TimeoutError) as error:
            said = str(error) or "no answer in time"
            raise UnreachableError(
                f"{where}: the SSH server gave no usable answer ({type(error).__name__}: {said}). It is tried again; if"
                " it stays so, check host and port of the SSH tunnel, firewall and whether the server runs"
            ) from None


async def _carried(source: Reader, to: Writer) -> None:
    """Carry what comes until either side ends; then the other one ends as well."""
    try:
        while block := await source.read(BLOCK):
            to.write(block)
            await to.drain()
    except (asyncssh.Error, OSError):
        pass  # a lost connection: whoever reads on the other side finds its end
    finally:
        to.close()


def _unproved(met: Met, where: str) -> WrongSettingsError:
    if met.pinned:
        return WrongSettingsError(
            f"{where}: expected the SSH server with the tunnel's host key ({met.pinned[:60]}), got {met.found}. Nothing"
            " was sent to it. Ask the host whether they changed it: else somebody stands between"
        )
    return WrongSettingsError(
        f"{where}: expected the SSH tunnel's host key to be set, so that the server can prove who it is; it showed"
        f" {met.found}. Nothing was sent to it. Ask the host whether this is theirs, then put it into `SSH host key` of"
        " the tunnel in the shop's block"
    )


def _closed(error: asyncssh.ChannelOpenError, where: str) -> WrongSettingsError | UnreachableError:
    if error.code == OPEN_ADMINISTRATIVELY_PROHIBITED:
        return WrongSettingsError(
            f"{where}: the SSH server let us in but leads nobody to the database ({error.reason}). Ask the host to"
            " allow port forwarding for this user, and to which host and port"
        )
    return UnreachableError(
        f"{where}: the SSH server let us in, but the database doesn't answer it ({error.reason}). It is tried again; if"
        " it stays so, check host and port of the connection: they are those that the SSH server sees"
    )
