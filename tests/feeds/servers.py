"""File servers of suppliers, for a test each: FTP, FTPS, SFTP, HTTPS; on ports of their own, with keys made here."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncssh
import trustme
from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import DTPHandler, FTPHandler, TLS_FTPHandler
from pyftpdlib.ioloop import IOLoop
from pyftpdlib.servers import FTPServer

USER, PASSWORD = "anna", "p@ss/w:rd"


class Certificate:
    """A certificate for a host name or address, and the authority that signed it, as PEM."""

    def __init__(self, folder: Path, host: str = "127.0.0.1") -> None:
        authority = trustme.CA()
        self.authority = authority.cert_pem.bytes().decode()
        self.file = folder / "server.pem"
        authority.issue_cert(host).private_key_and_cert_chain_pem.write_to_path(str(self.file))


class CutInHalf(DTPHandler):  # type: ignore[misc]
    """Sends half of a file, then gives up."""

    def push_with_producer(self, producer: Any) -> None:
        half = producer.more()
        self.push(half[: len(half) // 2])
        self.close()
        self.cmd_channel.respond("426 Connection closed; transfer aborted.")


@contextmanager
def ftp_server(folder: Path, certificate: Certificate | None = None, **behaviour: Any) -> Iterator[str]:
    """Serve a folder to USER; yields `host:port`. `behaviour`: attributes and methods of the session's handler."""
    authorizer = DummyAuthorizer()
    authorizer.add_user(USER, PASSWORD, str(folder))
    settings = {"authorizer": authorizer, "banner": "ready", **behaviour}
    if certificate:
        settings |= {"certfile": str(certificate.file), "tls_control_required": True, "tls_data_required": True}
    handler = type("Session", (TLS_FTPHandler if certificate else FTPHandler,), settings)
    loop = IOLoop()
    server = FTPServer(("127.0.0.1", 0), handler, ioloop=loop)
    stopping = threading.Event()

    def serve() -> None:
        while not stopping.is_set():
            server.serve_forever(timeout=0.01, blocking=False)
        server.close_all()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield "{}:{}".format(*server.socket.getsockname())
    stopping.set()
    thread.join(5)


class Login(asyncssh.SSHServer):
    """Lets USER in by password, or by one key."""

    def __init__(self, key: asyncssh.SSHKey | None) -> None:
        self.key = key

    def begin_auth(self, *_: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == (USER, PASSWORD)

    def public_key_auth_supported(self) -> bool:
        return self.key is not None

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        return username == USER and key == self.key


class SftpServer:
    """What a test asks of a running SFTP server."""

    def __init__(self, port: int, host_key: asyncssh.SSHKey) -> None:
        self.url = f"sftp://127.0.0.1:{port}"
        self.fingerprint = host_key.get_fingerprint()
        self.public_key = host_key.export_public_key().decode().strip()


@contextmanager
def sftp_server(
    folder: Path,
    files: Callable[..., asyncssh.SFTPServer] = asyncssh.SFTPServer,
    user_key: asyncssh.SSHKey | None = None,
) -> Iterator[SftpServer]:
    """Serve a folder to USER."""
    host_key = asyncssh.generate_private_key("ssh-ed25519")
    with ssh_server(
        host_key,
        server_factory=lambda: Login(user_key),
        sftp_factory=lambda channel: files(channel, chroot=str(folder)),
    ) as (port, _):
        yield SftpServer(port, host_key)


@contextmanager
def ssh_server(host_key: asyncssh.SSHKey, **options: Any) -> Iterator[tuple[int, asyncio.AbstractEventLoop]]:
    """Listen for SSH; yields the port, and the loop that serves. `options`: of `asyncssh.listen`."""
    loop = asyncio.new_event_loop()

    async def listen() -> asyncssh.SSHAcceptor:
        return await asyncssh.listen("127.0.0.1", 0, server_host_keys=[host_key], **options)

    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    acceptor = asyncio.run_coroutine_threadsafe(listen(), loop).result(10)
    yield acceptor.get_port(), loop

    async def stop() -> None:
        acceptor.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await asyncio.sleep(0.05)

    asyncio.run_coroutine_threadsafe(stop(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(5)
    loop.close()
