"""The HTTP server: connections, the limits of a usual web server and PHP-FPM pool, faults on request."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from threading import Condition, Event, Thread
from typing import Any

from demo.servers import MariaDb
from demo.webservice.answers import Answer, html_page
from demo.webservice.api import Api, Permissions, all_permissions
from demo.webservice.asking import Request, understand
from demo.webservice.context import Database
from demo.webservice.faults import Fault
from demo.webservice.records import Record, Requests

KEY = "STANDIN0STANDIN0STANDIN0STANDIN0"
LONGEST_LINE = 8190  # Apache's LimitRequestLine
Hook = Callable[[Request], Fault | None]


class Webservice:
    """A running stand-in. `url` ends with a slash, the API is below `url`api/.

    To set in a test: `delay` seconds that each request takes, `capacity` how many are worked on at once (the others
    queue), `fault` what makes a request go wrong, `enabled` whether the Webservice is switched on.
    """

    def __init__(self, api: Api) -> None:
        self.requests = Requests()
        self.delay = 0.0
        self.capacity: int | None = None
        self.fault: Hook | None = None
        self._api = api
        self._busy = 0
        self._free = Condition()
        self._numbers = count(1)
        self._ending = Event()

    @property
    def url(self) -> str:
        """The shop's address."""
        return self._api.url

    @property
    def key(self) -> str:
        """The key that is let in."""
        return self._api.key

    @property
    def permissions(self) -> dict[str, frozenset[str]]:
        """What the key may do; changes count at once."""
        return self._api.permissions

    @property
    def enabled(self) -> bool:
        """The Webservice is switched on."""
        return self._api.enabled

    @enabled.setter
    def enabled(self, value: bool) -> None:
        self._api.enabled = value

    def end(self) -> None:
        """Wake what hangs."""
        self._ending.set()

    def handle(self, handler: _Handler, body: bytes) -> None:
        """Answer one request of a connection."""
        started = time.monotonic()
        request = understand(next(self._numbers), handler.command, handler.path, dict(handler.headers), body)
        if request is None:
            handler.send(html_page("Sklep"))
            return
        status = size = 0
        try:
            fault = (self.fault(request) if self.fault else None) or Fault(applied=True)
            answer = self._answer(request, fault)
            if fault.cut:
                handler.cut(answer, fault.cut_after)
            else:
                status, size = answer.status, len(answer.body)
        finally:
            ended = time.monotonic()
            whole = (request.number, request.method, request.resource, request.id, request.query)
            self.requests.add(Record(*whole, status, size, started, ended, body))
        if not fault.cut:
            handler.send(answer)

    def _answer(self, request: Request, fault: Fault) -> Answer:
        with self._place():
            if self.delay:
                self._ending.wait(self.delay)
            answer = self._api.answer(request) if fault.applied else Answer(HTTPStatus.SERVICE_UNAVAILABLE)
        if fault.hang:
            self._ending.wait(fault.hang)
        if fault.status is not None:
            answer = Answer(fault.status, fault.body)
        answer.headers |= fault.headers
        answer.body = fault.before_body + answer.body
        return answer

    @contextmanager
    def _place(self) -> Iterator[None]:
        """One of the places of the pool; who finds none waits."""
        with self._free:
            while self.capacity is not None and self._busy >= self.capacity:
                self._free.wait(0.1)
            self._busy += 1
        try:
            yield
        finally:
            with self._free:
                self._busy -= 1
                self._free.notify()


class _Handler(BaseHTTPRequestHandler):
    """A connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    webservice: Webservice
    raw_requestline: bytes

    def do_GET(self) -> None:
        if len(self.raw_requestline) > LONGEST_LINE:
            self.close_connection = True
            self.send(html_page("414 Request-URI Too Long", HTTPStatus.REQUEST_URI_TOO_LONG))
            return
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.webservice.handle(self, body)

    do_HEAD = do_PUT = do_PATCH = do_POST = do_DELETE = do_OPTIONS = do_GET  # noqa: N815

    def send(self, answer: Answer) -> None:
        """Send an answer in one piece."""
        self.wfile.write(self._head(answer) + (b"" if self.command == "HEAD" else answer.body))

    def cut(self, answer: Answer, after: int) -> None:
        """End the connection, after some bytes of an answer."""
        self.close_connection = True
        if after:
            self.wfile.write((self._head(answer) + answer.body)[: len(self._head(answer)) + after])

    def _head(self, answer: Answer) -> bytes:
        status = HTTPStatus(answer.status)
        lines = [f"HTTP/1.1 {status.value} {status.phrase}", "Server: Apache", f"Date: {self.date_time_string()}"]
        lines += [f"{name}: {value}" for name, value in answer.headers.items()]
        lines.append(f"Content-Length: {len(answer.body)}")
        if self.close_connection:
            lines.append("Connection: close")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    def log_message(self, *_: Any) -> None:
        """Say nothing: `requests` tells."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Tell what is a mistake here; who goes away in the middle is none."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def start_webservice(
    mariadb: MariaDb,
    database: str,
    *,
    prefix: str = "ps_",
    key: str = KEY,
    permissions: Permissions | None = None,
    shops: frozenset[int] | None = None,
    port: int = 0,
) -> Iterator[Webservice]:
    """Serve a shop's Webservice on 127.0.0.1 while the block runs.

    `permissions`: methods by resource, None for reading of everything and writing of what a sync writes. `shops`: those
    that the key may use, None for all. `port`: 0 takes a free one. The version is the shop's own.
    """
    granted = {name: frozenset(methods) for name, methods in (permissions or all_permissions()).items()}
    if permissions is not None and not permissions:
        granted = {}
    tables = Database(mariadb, database, prefix)
    webservice = Webservice(Api(tables, key, granted, shops))
    handler = type("_BoundHandler", (_Handler,), {"webservice": webservice})
    server = _Server(("127.0.0.1", port), handler)
    webservice._api.url = f"http://127.0.0.1:{server.server_address[1]}/"  # noqa: SLF001 - known only now
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield webservice
    finally:
        webservice.end()
        server.shutdown()
        thread.join()
        server.server_close()
        tables.close()
