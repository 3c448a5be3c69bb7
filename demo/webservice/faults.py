"""What can go wrong on the way to a shop and back, for tests to order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from threading import Lock

from demo.webservice.asking import Request

PAGE = b"<!doctype html>\n<html><body><h1>We'll be back soon.</h1></body></html>\n"


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong. `applied`: the request is done before; otherwise it never is.

    `status` with `body` are answered in place of the real answer; `status` None keeps it. `cut`: the connection ends,
    after `cut_after` bytes of the answer. `hang`: seconds of silence before (a stop of the server ends them).
    `before_body`: what PHP prints before the answer. `headers` are added.
    """

    applied: bool = False
    status: int | None = None
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: bool = False
    cut_after: int = 0
    hang: float = 0.0
    before_body: bytes = b""


ERROR_BEFORE = Fault(status=500, body=b"Internal Server Error", headers={"Content-Type": "text/plain"})
ERROR_AFTER = Fault(status=500, body=b"Internal Server Error", headers={"Content-Type": "text/plain"}, applied=True)
UNAVAILABLE = Fault(status=503, body=PAGE, headers={"Content-Type": "text/html"})
TOO_MANY = Fault(status=429, body=b"Too Many Requests", headers={"Content-Type": "text/plain", "Retry-After": "1"})
HTML_PAGE = Fault(status=200, body=PAGE, headers={"Content-Type": "text/html; charset=utf-8"})
CUT_BEFORE = Fault(cut=True)
CUT_AFTER = Fault(cut=True, applied=True)
CUT_WITHIN = Fault(cut=True, applied=True, cut_after=200)
HANG_BEFORE = Fault(hang=600.0, cut=True)
HANG_AFTER = Fault(hang=600.0, cut=True, applied=True)
PHP_WARNING = Fault(
    applied=True, before_body=b"<br />\n<b>Warning</b>: Undefined array key 1 in <b>dispatcher.php</b>\n"
)


def nth(
    number: int, fault: Fault, method: str | None = None, resource: str | None = None
) -> Callable[..., Fault | None]:
    """A hook that makes the n-th request (of a method and a resource, if given) go wrong, from 1."""
    numbers, lock = count(1), Lock()

    def hook(request: Request) -> Fault | None:
        if (method or request.method) != request.method or (resource or request.resource) != request.resource:
            return None
        with lock:
            return fault if next(numbers) == number else None

    return hook


def each(fault: Fault, method: str | None = None, resource: str | None = None) -> Callable[..., Fault | None]:
    """A hook that makes every request (of a method and a resource, if given) go wrong."""

    def hook(request: Request) -> Fault | None:
        fits = method in (None, request.method) and resource in (None, request.resource)
        return fault if fits else None

    return hook
