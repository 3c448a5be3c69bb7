"""Counts what really arrives on a connection: an HTTP client stops silently at Content-Length."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpcore

LINGER_SECONDS = 0.25
HEAD_END = b"\r\n\r\n"


class Meter:
    """Follows one request by the client's trace and counts the bytes after its head.

    `body_bytes` is right for bodies that aren't chunked; it may go on growing until the response is closed.
    `on_read` is called whenever something came: also while a server drips its head, which no time-out notices.
    """

    def __init__(self, on_read: Callable[[], None]) -> None:
        self.on_read = on_read
        self.head = b""
        self.head_passed = False
        self.body_bytes = 0

    def trace(self, event: str, info: dict[str, Any]) -> None:
        """Follow each stream the client opens (httpx request extension `trace`)."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            self._follow(info["return_value"])

    def _follow(self, stream: Any) -> None:
        read, close = stream.read, stream.close

        def counted_read(max_bytes: int, timeout: float | None = None) -> bytes:
            data: bytes = read(max_bytes, timeout=timeout)
            self._count(data)
            self.on_read()
            return data

        def counted_close() -> None:
            # a server that sends more than it announced shows it here; a good one has closed already
            try:
                self._count(read(1, timeout=LINGER_SECONDS))
            except (httpcore.TimeoutException, httpcore.NetworkError):
                pass
            finally:
                close()

        vars(stream).update(read=counted_read, close=counted_close)

    def _count(self, data: bytes) -> None:
        if self.head_passed:
            self.body_bytes += len(data)
            return
        self.head += data
        while HEAD_END in self.head and not self.head_passed:
            head, _, rest = self.head.partition(HEAD_END)
            interim = head[8:11].strip().startswith(b"1")
            self.head = rest
            self.head_passed = not interim
        if self.head_passed:
            self.body_bytes, self.head = len(self.head), b""
