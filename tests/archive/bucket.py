"""A server that speaks S3, in a process of its own, and a way to it that can be cut."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import httpx

from demo.process import ServerProcess, free_port, take_lock, tied_to_parent

SECRET = "not-to-be-shown-anywhere"
KEYS = {"AWS_ACCESS_KEY_ID": "AKIATESTS", "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_DEFAULT_REGION": "eu-central-1"}
BLOCK = 1 << 16


class Bucket:
    """A bucket of its own; `environment` is what a process needs to keep its archive there."""

    def __init__(self, port: int) -> None:
        self.name = f"b{uuid.uuid4().hex[:12]}"
        self.url = f"http://127.0.0.1:{port}"
        self.address = f"s3://{self.name}/rexbit"
        self.environment = {**KEYS, "REXBIT_ARCHIVE": self.address, "AWS_ENDPOINT_URL_S3": self.url}
        httpx.put(f"{self.url}/{self.name}").raise_for_status()

    def names(self) -> list[str]:
        """The keys of all objects, below the archive's prefix."""
        text = httpx.get(f"{self.url}/{self.name}", params={"list-type": "2"}).raise_for_status().text
        return sorted(one.partition("</Key>")[0].removeprefix("rexbit/") for one in text.split("<Key>")[1:])

    def read(self, key: str) -> bytes:
        """An object as it is stored."""
        return httpx.get(f"{self.url}/{self.name}/rexbit/{key}").raise_for_status().content


@contextmanager
def start_storage(folder: Path) -> Iterator[int]:
    """Start the server; its port. What is stored is gone with it."""
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-p", str(port)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    wrapped = ["env", "-i", *[f"{name}={value}" for name, value in environment.items()], *command]
    lock = take_lock(folder)
    server = ServerProcess.start(tied_to_parent(wrapped, signal.SIGTERM), folder / "log", signal.SIGTERM, lock)
    server.wait_until(lambda: _answers(port))
    try:
        yield port
    finally:
        server.stop()


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


class Way:
    """A TCP way to a server; `cut_after(n)`: after so many bytes more all is cut, until `mend`."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._left: int | None = None
        self._counted: Literal["sent", "received"] = "sent"
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def cut_after(self, most: int, counted: Literal["sent", "received"] = "sent") -> None:
        with self._lock:
            self._left, self._counted = most, counted

    def mend(self) -> None:
        with self._lock:
            self._left = None

    @property
    def is_cut(self) -> bool:
        return self._left is not None and self._left <= 0

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if self.is_cut:
                client.close()
                continue
            server = socket.create_connection(("127.0.0.1", self._to))
            threading.Thread(target=self._carry, args=(client, server, "sent"), daemon=True).start()
            threading.Thread(target=self._carry, args=(server, client, "received"), daemon=True).start()

    def _carry(self, source: socket.socket, to: socket.socket, direction: str) -> None:
        try:
            while block := source.recv(BLOCK):
                to.sendall(self._let_through(block) if direction == self._counted else block)
                if self.is_cut:
                    break
        except OSError:
            pass
        for end in (source, to):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                end.close()

    def _let_through(self, block: bytes) -> bytes:
        with self._lock:
            if self._left is None:
                return block
            through = block[: max(self._left, 0)]
            self._left -= len(block)
            return through
