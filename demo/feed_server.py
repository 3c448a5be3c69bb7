"""A small HTTP server for a folder of feeds, as a supplier would have one."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

TYPES = {".csv": "text/csv; charset=windows-1250", ".xml": "application/xml"}


class _Files(BaseHTTPRequestHandler):
    """Serves the files that lie directly in a folder; no listing, no other methods."""

    protocol_version = "HTTP/1.1"

    def __init__(self, folder: Path, *args: Any) -> None:
        self._folder = folder
        super().__init__(*args)

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def log_message(self, *_: Any) -> None:
        """Say nothing: the downloads are told by those who make them."""

    def _answer(self, *, with_body: bool) -> None:
        name = self.path.partition("?")[0].removeprefix("/")
        path = self._folder / name
        if not name or Path(name).name != name or not path.is_file():
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        with path.open("rb") as file:  # a file that is replaced meanwhile stays whole for this answer
            etag = f'"{hashlib.file_digest(file, "sha256").hexdigest()[:32]}"'
            size = file.seek(0, 2)
            file.seek(0)
            same = self.headers.get("If-None-Match") == etag
            self.send_response(HTTPStatus.NOT_MODIFIED if same else HTTPStatus.OK)
            self.send_header("ETag", etag)
            if not same:
                self.send_header("Content-Type", TYPES.get(path.suffix, "application/octet-stream"))
                self.send_header("Content-Length", str(size))
            self.end_headers()
            if with_body and not same:
                shutil.copyfileobj(file, self.wfile)


@contextmanager
def serve(folder: Path, port: int = 0, host: str = "127.0.0.1") -> Iterator[str]:
    """Serve a folder's files while the block runs; yields the address, without a slash at its end.

    `port`: 0 takes a free one. `host`: 0.0.0.0 serves other machines too. The ETag is the content's, so a file
    rewritten with the same bytes answers 304.
    """
    with answering(partial(_Files, folder.resolve()), port, host) as address:
        yield address


@contextmanager
def answering(handler: Callable[..., BaseHTTPRequestHandler], port: int = 0, host: str = "127.0.0.1") -> Iterator[str]:
    """Let `handler` answer while the block runs, a thread a request; yields the address as `serve` does."""
    server = ThreadingHTTPServer((host, port), handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
