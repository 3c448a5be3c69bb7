"""One request to a shop and its answer: in its turn, within limits of time and size, the key never told."""

from __future__ import annotations

import random
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeVar
from xml.etree.ElementTree import Element

import httpx
from pydantic import SecretStr

from tasks.errors import UnreachableError, WrongSettingsError
from tasks.prestashop.webservice.answers import VERSION_HEADER, BlockedError, Reply, UnknownAnswerError, content
from tasks.prestashop.webservice.pace import Breaker, Pace

T = TypeVar("T")
Parameters = Mapping[str, str]

ATTEMPTS = 4  # of a read; a write whose answer is unknown is never sent again from here
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
CONNECT_SECONDS = 10.0
KEPT_SECONDS = 4.0  # web servers close a connection that nothing came on for 5 seconds
MOST_BYTES = 64_000_000
SLOWEST = 4  # times the longest silence, for a whole answer
NOTHING_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
HEADERS = {"User-Agent": "rexbit-flows", "Accept": "text/xml, application/xml"}


class Wire:
    """Requests to one shop from as many threads as like; each waits for its turn."""

    def __init__(
        self,
        address: str,
        key: SecretStr,
        fixed: Parameters,
        *,
        most: int,
        answer_seconds: float,
        trusted: ssl.SSLContext,
    ) -> None:
        self.where = address.removesuffix("/")
        self.pace = Pace(most)
        self.version = ""
        self._breaker = Breaker(most)
        self._key = key
        self._fixed = fixed
        self._answer_seconds = answer_seconds
        self._posts = False  # the web server lets no PUT through, but POST
        self._let_through = set[str]()
        self._free = threading.Condition()
        self._under_way = 0
        self._client = httpx.Client(
            base_url=f"{address}api/",
            auth=(key.get_secret_value(), ""),
            headers=HEADERS,
            follow_redirects=False,
            timeout=httpx.Timeout(answer_seconds, connect=min(CONNECT_SECONDS, answer_seconds), pool=None),
            limits=httpx.Limits(max_connections=most, max_keepalive_connections=most, keepalive_expiry=KEPT_SECONDS),
            verify=trusted,
        )

    def close(self) -> None:
        """End all connections."""
        self._client.close()

    def read(self, path: str, parameters: Parameters, attempts: int = ATTEMPTS) -> tuple[Element, bytes]:
        """GET; tried again as long as another attempt may heal it. Errors as `content` says."""
        return self._tried(lambda: self._once("GET", path, parameters, None), lambda _: True, attempts)

    def write(self, method: str, path: str, body: bytes) -> Element:
        """PUT or PATCH, once: UnknownAnswerError if it may have been done or not."""
        return self._tried(lambda: self._written(method, path, body), lambda error: not error.sent)

    def _written(self, method: str, path: str, body: bytes) -> Element:
        posts = self._posts
        try:
            return self._once(method, path, {}, body)[0]
        except BlockedError:
            if posts:
                raise
        self._posts = True  # the same by another word, which PrestaShop takes as well
        return self._once(method, path, {}, body)[0]

    def _tried(
        self, ask: Callable[[], T], may_repeat: Callable[[UnknownAnswerError], bool], attempts: int = ATTEMPTS
    ) -> T:
        for attempt in range(1, attempts):
            try:
                return ask()
            except UnknownAnswerError as error:
                pause = min(error.wait_seconds or 0.0, LONGEST_PAUSE_SECONDS)
                again = may_repeat(error)
                if not again and not pause:
                    raise
                # a write that was refused for now waits too, before anybody looks what became of it
                time.sleep(max(pause, FIRST_PAUSE_SECONDS * 2**attempt * random.uniform(0.5, 1.0) if again else 0))  # noqa: S311
                if not again:
                    raise
        return ask()

    def _once(self, method: str, path: str, parameters: Parameters, body: bytes | None) -> tuple[Element, bytes]:
        resource, _, single = path.partition("/")
        kind = method, resource, bool(single), parameters.get("display"), *sorted(parameters)
        with self._turn():
            started = time.monotonic()
            try:
                reply = self._asked(method, path, parameters, body)
                document = self._content(reply)
            except UnknownAnswerError:
                with self._free:
                    self.pace.stumbled()
                    self._breaker.stumbled()
                raise
            except BaseException:
                self._answered(kind, None)
                raise
            self._answered(kind, time.monotonic() - started)
            self.version = self.version or reply.headers.get(VERSION_HEADER, "")
            self._let_through.add(method)
            return document, reply.body

    def _content(self, reply: Reply) -> Element:
        try:
            return content(reply)
        except BlockedError as error:
            if reply.method not in self._let_through:
                raise
            problem = str(error)
        # others went through: too many requests for a firewall, or a text that it doesn't like
        raise UnknownAnswerError(problem)

    def _answered(self, kind: object, seconds: float | None) -> None:
        with self._free:
            self._breaker.answered()
            if seconds is not None:
                self.pace.answered(kind, seconds)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        with self._free:
            while self._under_way >= self.pace.allowed:
                self._free.wait()
            if self._breaker.open:
                raise UnreachableError(
                    f"{self.where}: too many requests had no proper answer; no more are sent for now. What was"
                    " written is known, the next attempt goes on from there. If it stays so, look at the shop's error"
                    " log, or let `Most connections` in the block be fewer"
                )
            self._under_way += 1
            self.pace.began(self._under_way)
        try:
            yield
        finally:
            with self._free:
                self._under_way -= 1
                self._free.notify_all()

    def _asked(self, method: str, path: str, parameters: Parameters, body: bytes | None) -> Reply:
        """One exchange. What httpx raises holds the request and thus the key: it never gets out, not as a cause."""
        asked = f"{method} {path}"
        posted = {"ps_method": method} if self._posts and method != "GET" else {}
        request = self._client.build_request(
            "POST" if posted else method,
            path,
            params={**self._fixed, **parameters, **posted},
            content=body,
            headers={"Content-Type": "text/xml; charset=utf-8"} if body else None,
        )
        problem: UnknownAnswerError | WrongSettingsError | None = None
        try:
            response = self._client.send(request, stream=True)
            try:
                taken = self._taken(response)
            finally:
                response.close()
        except httpx.HTTPError as error:
            problem = self._problem(error, asked)
        if problem is not None:
            raise problem
        if taken is None:
            raise UnknownAnswerError(f"{self.where}: {asked}: the answer was too long, or took too long")
        return Reply(response.status_code, response.headers, taken, asked, self.where)

    def _taken(self, response: httpx.Response) -> bytes | None:
        """The body; None where it is larger or slower than any answer is."""
        end = time.monotonic() + SLOWEST * self._answer_seconds
        blocks, size = [], 0
        for block in response.iter_bytes():
            size += len(block)
            if size > MOST_BYTES or time.monotonic() > end:
                return None
            blocks.append(block)
        # a shop that shows in a page what it was asked by must not have the key told in a message
        return b"".join(blocks).replace(self._key.get_secret_value().encode(), b"***")

    def _problem(self, error: httpx.HTTPError, asked: str) -> UnknownAnswerError | WrongSettingsError:
        cause: BaseException | None = error
        while cause:
            if isinstance(cause, ssl.SSLCertVerificationError):
                return WrongSettingsError(
                    f"{self.where}: expected a certificate of this host that can be trusted, got one that can't:"
                    f" {cause.verify_message}. Ask the host; if they made it themselves, put it into `Trusted"
                    " certificate` of the shop's block"
                )
            cause = cause.__cause__ or cause.__context__
        said = str(error).replace(self._key.get_secret_value(), "***") or "no answer in time"
        return UnknownAnswerError(
            f"{self.where}: {asked} had no usable answer ({type(error).__name__}: {said})",
            sent=not isinstance(error, NOTHING_SENT),
        )
