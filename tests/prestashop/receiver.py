"""A web server that a webhook posts to, for a test."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple


class Asked(NamedTuple):
    """One POST as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def said(self) -> dict[str, Any]:
        """What it says."""
        content: dict[str, Any] = json.loads(self.body)
        return content


class Receiver:
    """`answers`: the statuses that it gives, one a POST, then `usual`; `asked`: what came.

    `refused`: what is in the bodies that it fails at, whatever else.
    """

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.answers: list[int] = []
        self.usual = 204
        self.refused: set[bytes] = set()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.asked.append(Asked(self.path, dict(self.headers.items()), body))
                self.send_response(receiver.answer(body))
                self.send_header("Location", "/elsewhere?token=s3cret")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook?token=s3cret"

    def answer(self, body: bytes) -> int:
        """The status for a POST."""
        if any(part in body for part in self.refused):
            return 500
        return self.answers.pop(0) if self.answers else self.usual

    @property
    def products(self) -> list[list[int]]:
        """The numbers of each POST."""
        return [one.said["products"] for one in self.asked]


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Run one while the block runs."""
    receiver = Receiver()
    thread = threading.Thread(target=receiver.server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.server.shutdown()
        receiver.server.server_close()
        thread.join(5)
