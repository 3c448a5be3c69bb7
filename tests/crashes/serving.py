"""A shop's Webservice as a process of its own, so that it can be killed like a web server with all its workers."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from itertools import count
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, NamedTuple, cast

from demo.servers import MariaDb
from demo.webservice import Fault, Request, start_webservice
from demo.webservice.faults import CUT_AFTER, CUT_BEFORE

CUTS = {1: CUT_BEFORE, 2: CUT_AFTER}  # of the next writes, that is one never done, and one whose answer is lost
NOT_HELD = ("suppliers", "manufacturers", "currencies")  # nor asked for here
LONGEST_SECONDS = 20
HANDLER = "process_request_thread"  # in the names of the threads that serve a connection each


class _Access(NamedTuple):
    """How a process of its own gets into the server."""

    port: int
    password: str
    socket: Path


class Service:
    """Serves one database on a port that stays the same."""

    def __init__(self, server: MariaDb, database: str) -> None:
        self._server = server
        self._database = database
        with socket.create_server(("127.0.0.1", 0)) as found:
            self.port: int = found.getsockname()[1]
        self._link: Connection
        self._process: BaseProcess | None = None
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def start(self) -> None:
        """Begin to serve, if it doesn't."""
        if self._process and self._process.is_alive():
            return
        context = get_context("forkserver")
        self._link, there = context.Pipe()
        given = _Access(self._server.port, self._server.password, self._server.socket), self._database, self.port, there
        self._process = context.Process(target=_serve, args=given, daemon=True)
        self._process.start()
        there.close()
        self._heard()

    def kill(self) -> None:
        """End it with all its connections, whatever it was doing."""
        if self._process:
            self._process.kill()
            self._process.join()

    def cut(self) -> None:
        """Cut the next connection that reads, the next that writes before, and one more after it was done."""
        self._ask("cut")

    def rest(self) -> None:
        """Wait until nobody is connected; nothing is cut any more."""
        self._ask("rest")

    def _ask(self, word: str) -> None:
        self._link.send(word)
        self._heard()

    def _heard(self) -> None:
        assert self._link.poll(LONGEST_SECONDS), f"the stand-in said nothing for {LONGEST_SECONDS} s"
        self._link.recv()


def _serve(access: _Access, database: str, port: int, link: Connection) -> None:
    server = MariaDb(cast("Any", None), *access)
    with start_webservice(server, database, port=port) as service:
        for resource in NOT_HELD:
            service.permissions.pop(resource)
        while True:
            link.send("done")
            if link.recv() == "cut":
                service.fault = _cutting()
            else:
                service.fault = None
                for thread in threading.enumerate():
                    if HANDLER in thread.name:
                        thread.join(LONGEST_SECONDS)


def _cutting() -> Callable[[Request], Fault | None]:
    reads, writes, lock = count(1), count(1), threading.Lock()

    def cut(request: Request) -> Fault | None:
        with lock:
            if request.method == "GET":
                return CUT_BEFORE if next(reads) == 1 else None
            return CUTS.get(next(writes))

    return cut
