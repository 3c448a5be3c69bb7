"""A feed on an SFTP server, which must prove who it is before it gets a password."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import AsyncIterator, Awaitable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar, cast

import asyncssh

from blocks import SupplierFeed
from tasks.errors import UnreachableError, WrongSettingsError
from tasks.feeds.sources.address import Place, place_of, without_secrets
from tasks.feeds.sources.sink import Limits, Sink
from tasks.feeds.sources.taking import Entry, take
from tasks.ssh import Login, Met, UnreadableKeyError, enter

BLOCK = 1 << 20
T = TypeVar("T")


def into(sink: Sink, source: str, feed: SupplierFeed | None, limits: Limits) -> None:
    """Write the file at an sftp:// address into the sink. Errors as in `fetch`."""
    # in a thread of its own: a notebook's own thread has a running loop, which allows no second one
    with ThreadPoolExecutor(1, thread_name_prefix="sftp") as thread:
        thread.submit(_into, sink, source, feed, limits).result()


def _into(sink: Sink, source: str, feed: SupplierFeed | None, limits: Limits) -> None:
    place = place_of(source, feed)
    where = sink.source_shown
    met = Met(feed.fetching.host_key if feed else None)
    with asyncio.Runner() as runner:
        server = _Server(runner, sink, limits)
        try:
            server.enter(place, feed, met)
            take(server, sink, place.path, feed.fetching.file_pattern if feed else None)
        except asyncssh.HostKeyNotVerifiable:
            raise _unproved(met, where) from None
        except asyncssh.PermissionDenied:
            raise WrongSettingsError(
                f"{where}: the server refused the login. Check user name, password and private key of the feed, and"
                " whether the supplier allows this machine's address"
            ) from None
        except (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath):
            raise WrongSettingsError(f"{where}: there is no such file or folder. Correct the feed's source") from None
        except asyncssh.SFTPPermissionDenied:
            raise WrongSettingsError(f"{where}: the server does not let this user read it. Ask the supplier") from None
        except (asyncssh.Error, OSError, TimeoutError) as error:
            sink.check_time()
            words = without_secrets(str(error), feed, source) or "no answer in time"
            raise UnreachableError(f"{where}: no usable answer ({type(error).__name__}: {words})") from None
        finally:
            server.leave()


def _unproved(met: Met, where: str) -> WrongSettingsError:
    if met.pinned:
        return WrongSettingsError(
            f"{where}: expected the server with the feed's host key ({met.pinned[:60]}), got {met.found}. Nothing was"
            " sent to it. Ask the supplier whether they changed it: else somebody stands between"
        )
    return WrongSettingsError(
        f"{where}: expected the feed's host key to be set, so that the server can prove who it is; it showed"
        f" {met.found}. Ask the supplier whether this is theirs, then put it into the feed's SFTP host key"
    )


class _Server:
    """The files of one SFTP server; each step waits for its answer only so long."""

    def __init__(self, runner: asyncio.Runner, sink: Sink, limits: Limits) -> None:
        self.runner, self.sink, self.limits = runner, sink, limits
        self.connection: asyncssh.SSHClientConnection | None = None
        self.client: asyncssh.SFTPClient

    def enter(self, place: Place, feed: SupplierFeed | None, met: Met) -> None:
        """Connect and log in; raises what asyncssh raises."""
        if not place.user:
            raise WrongSettingsError(f"{self.sink.source_shown}: expected a user name for SFTP, the feed has none")
        keys = feed.private_key if feed else None
        login = Login(
            place.host,
            place.port or 22,
            place.user,
            place.password or None,
            keys.get_secret_value() if keys else None,
            met.pinned,
        )
        connect_seconds, login_seconds = self.limits.connect_seconds, self.limits.read_seconds
        step = enter(login, met, connect_seconds=connect_seconds, login_seconds=login_seconds)
        try:
            self.connection = self._wait(step, connect_seconds + login_seconds)
        except UnreadableKeyError as error:
            raise WrongSettingsError(
                f"{self.sink.source_shown}: a key of the feed can't be read ({error}). Check its private key (the"
                " password opens it) and its host key"
            ) from None
        self.client = self._wait(self.connection.start_sftp_client())

    def _wait(self, step: Awaitable[T], seconds: float | None = None) -> T:
        self.sink.check_time()

        async def bounded() -> T:
            return await asyncio.wait_for(step, seconds or self.limits.read_seconds)

        return self.runner.run(bounded())

    def leave(self) -> None:
        """End the connection without waiting for the other side."""
        if self.connection:
            self.connection.abort()

    def look(self, path: str) -> Entry:
        found = self._wait(self.client.stat(path))
        if found.permissions is not None and stat.S_ISDIR(found.permissions):
            raise WrongSettingsError(
                f"{self.sink.source_shown}: expected a file, got a folder. Name the file in it, or set the feed's file"
                " name pattern (the newest file that fits is taken)"
            )
        return Entry(path, found.size, found.mtime)

    def entries(self, folder: str) -> Iterator[Entry]:
        listing = self.client.scandir(folder)
        while (found := self._wait(_next(listing))) is not None:
            name, mode = str(found.filename), found.attrs.permissions
            if mode is None or stat.S_ISREG(mode) or stat.S_ISLNK(mode):
                yield Entry(f"{folder.rstrip('/')}/{name}", found.attrs.size, found.attrs.mtime)

    def read(self, path: str) -> Iterator[bytes]:
        file = self._wait(self.client.open(path, "rb"))
        while block := cast("bytes", self._wait(file.read(BLOCK))):  # str only for files opened as text
            yield block


async def _next(listing: AsyncIterator[asyncssh.SFTPName]) -> asyncssh.SFTPName | None:
    return await anext(listing, None)
