"""A feed on an FTP server, plain or with explicit TLS (FTPS)."""

from __future__ import annotations

import contextlib
import ftplib
import socket
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from blocks import SupplierFeed
from tasks.errors import Refused, UnreachableError, WrongSettingsError
from tasks.feeds.sources.address import Place, place_of, without_secrets
from tasks.feeds.sources.sink import Limits, Sink
from tasks.feeds.sources.taking import MOST_ENTRIES, Entry, take
from tasks.feeds.sources.tls import context_of, refuse_untrusted

BLOCK = 1 << 16
LOGIN_REFUSED = ("530", "532", "430")
NO_SUCH_COMMAND = ("500", "501", "502", "504", "550")


class _Encrypted(ftplib.FTP_TLS):
    """FTPS whose data connections continue the TLS session of the first one: many servers ask for that."""

    def ntransfercmd(self, cmd: str, rest: int | str | None = None) -> tuple[Any, int | None]:
        connection, size = ftplib.FTP.ntransfercmd(self, cmd, rest)  # noqa: S321 (encrypted below)
        session = self.sock.session if isinstance(self.sock, ssl.SSLSocket) else None
        return self.context.wrap_socket(connection, server_hostname=self.host, session=session), size


def into(sink: Sink, source: str, feed: SupplierFeed | None, limits: Limits, *, encrypted: bool) -> None:
    """Write the file at an ftp:// or ftps:// address into the sink. Errors as in `fetch`."""
    place = place_of(source, feed)
    where = sink.source_shown
    connection = _Encrypted(context=context_of(feed)) if encrypted else ftplib.FTP()  # noqa: S321 (what suppliers have)
    # text goes over as it is, whatever its encoding: names of files are decoded by us
    connection.encoding = "latin-1"
    # each answer may take its time; together they may not: a server that drips is cut off
    watch = threading.Timer(limits.total_seconds, _cut_off, [connection])
    watch.daemon = True
    try:
        watch.start()
        _enter(connection, place, limits, where)
        take(_Server(connection, where), sink, place.path, feed.fetching.file_pattern if feed else None)
    except ftplib.error_perm as error:
        raise _refusal(str(error), without_secrets(str(error), feed, source), where) from None
    except (ftplib.Error, OSError, EOFError) as error:
        refuse_untrusted(error, where)
        sink.check_time()
        words = without_secrets(str(error), feed, source) or "the connection ended"
        raise UnreachableError(f"{where}: no usable answer ({type(error).__name__}: {words})") from None
    except ValueError:  # a line break in a name
        raise WrongSettingsError(f"source: expected an address without line breaks, got {where}") from None
    finally:
        watch.cancel()
        with contextlib.suppress(OSError, ssl.SSLError):
            connection.close()


def _cut_off(connection: ftplib.FTP) -> None:
    with contextlib.suppress(OSError):
        if connection.sock:
            connection.sock.shutdown(socket.SHUT_RDWR)


def _enter(connection: ftplib.FTP, place: Place, limits: Limits, where: str) -> None:
    connection.connect(place.host, place.port or ftplib.FTP_PORT, timeout=limits.connect_seconds)
    connection.timeout = limits.read_seconds
    if connection.sock:
        connection.sock.settimeout(limits.read_seconds)
    if isinstance(connection, ftplib.FTP_TLS):
        try:
            connection.auth()
        except ftplib.error_perm as error:
            raise WrongSettingsError(
                f"{where}: expected a server that offers explicit TLS (AUTH TLS), got `{str(error)[:80]}`. Nothing was"
                " sent unencrypted. Ask the supplier for FTPS or SFTP"
            ) from None
    connection.login(_sent(place.user), _sent(place.password))
    if isinstance(connection, ftplib.FTP_TLS):
        connection.prot_p()
    connection.voidcmd("TYPE I")  # sizes are those of binary transfers


def _refusal(answer: str, words: str, where: str) -> WrongSettingsError:
    if answer.startswith(LOGIN_REFUSED):
        return WrongSettingsError(
            f"{where}: the server refused the login ({words}). Check user name and password of the feed, and whether"
            " the supplier allows this machine's address"
        )
    return WrongSettingsError(f"{where}: the server refused ({words}). Check the feed's source and rights")


def _sent(text: str) -> str:
    return text.encode().decode("latin-1")


def _received(text: str) -> str:
    return text.encode("latin-1").decode("utf-8", errors="surrogateescape")


class _Server:
    """The files of one FTP server."""

    def __init__(self, connection: ftplib.FTP, where: str) -> None:
        self.connection, self.where = connection, where

    def look(self, path: str) -> Entry:
        size = self._asked("SIZE", path)
        time = self._asked("MDTM", path)
        return Entry(path, int(size) if size and size.isdigit() else None, _time(time))

    def _asked(self, command: str, path: str) -> str | None:
        """What the server says of a file; None where it does not know the command, or the file: reading will tell."""
        try:
            return self.connection.sendcmd(f"{command} {_sent(path)}")[3:].strip()
        except ftplib.error_perm as error:
            if str(error).startswith(NO_SUCH_COMMAND):
                return None
            raise

    def entries(self, folder: str) -> Iterator[Entry]:
        lines: list[str] = []

        def keep(line: str) -> None:
            if len(lines) >= MOST_ENTRIES:
                raise Refused(f"{self.where}: expected a folder of at most {MOST_ENTRIES:,} files, got more")
            lines.append(_received(line))

        try:
            self.connection.retrlines(f"MLSD {_sent(folder)}", keep)
        except ftplib.error_perm as error:
            if not str(error).startswith(("500", "502")):
                raise
            yield from self._named(folder)
            return
        for line in lines:
            facts_text, _, name = line.partition(" ")
            facts = dict(fact.lower().split("=", 1) for fact in facts_text.split(";") if "=" in fact)
            if facts.get("type", "file") == "file":
                size = facts.get("size", "")
                yield Entry(_join(folder, name), int(size) if size.isdigit() else None, _time(facts.get("modify")))

    def _named(self, folder: str) -> Iterator[Entry]:
        """The files of a server that lists only names (it has no MLSD)."""
        for name in self.connection.nlst(_sent(folder)):
            path = _join(folder, _received(name).rpartition("/")[2])
            yield Entry(path, None, _time(self._asked("MDTM", path)))

    def read(self, path: str) -> Iterator[bytes]:
        with contextlib.closing(self.connection.transfercmd(f"RETR {_sent(path)}")) as data:
            while block := data.recv(BLOCK):
                yield block
        self.connection.voidresp()  # a transfer that was cut is said here


def _join(folder: str, name: str) -> str:
    return f"{folder.rstrip('/')}/{name}"


def _time(text: str | None) -> float | None:
    """Seconds since 1970 of `20261124050500[.123]`, which is UTC by RFC 3659."""
    try:
        return datetime.strptime((text or "")[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC).timestamp()
    except ValueError:
        return None
