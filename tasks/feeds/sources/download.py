"""A feed over HTTP(S): one request, few redirects, every byte counted, no credential to a foreign host."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

import httpx

from blocks import SupplierFeed
from tasks.errors import Refused, UnreachableError, WrongSettingsError
from tasks.feeds.sources.address import is_web, shown, with_token, without_secrets
from tasks.feeds.sources.meter import Meter
from tasks.feeds.sources.sink import Limits, Sink
from tasks.feeds.sources.tls import context_of, refuse_untrusted

MOST_REDIRECTS = 5
REDIRECTS = {301, 302, 303, 307, 308}
MAY_HEAL = {408, 425, 429}
HEADERS = {
    "Accept": "*/*",
    "Accept-Encoding": "identity",
    "Connection": "close",
    "User-Agent": "rexbit-flows",
}
ADVICE = {
    401: "Check user name, password, token and header of the feed",
    403: "Check the feed's credentials, and whether the supplier allows this machine's address",
    404: "Check the feed's source: there is nothing at this address",
    410: "The supplier has taken this address down: ask for the new one",
}
# a gzip body is unpacked as a gzip file would be, within its limits; the client's own unpacking has none
PLAIN = {"", "identity", "gzip", "x-gzip"}
LONGEST_ETAG = 1024
AT_REST_SECONDS = 60  # a file that changes twice in a second keeps its date (RFC 9110, 8.8.2.2)


_ASKING: ContextVar[bool] = ContextVar("asking a supplier", default=False)
logging.getLogger("httpx").addFilter(lambda _: not _ASKING.get())


@dataclass(frozen=True)
class Answer:
    """What came with the body; `not_modified`: there is none, the file is the one that the validators stand for."""

    content_type: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    not_modified: bool = False


def into(sink: Sink, source: str, feed: SupplierFeed | None, limits: Limits, known: Answer | None = None) -> Answer:
    """Write the body at `source` into the sink, unless its validators still hold. Errors as in `fetch`."""
    timeout = httpx.Timeout(limits.read_seconds, connect=limits.connect_seconds)
    asked = {**HEADERS, **_conditions(known)}
    try:
        url = home = httpx.URL(with_token(feed) if feed else source)
        with httpx.Client(timeout=timeout, follow_redirects=False, verify=context_of(feed)) as client:
            for _ in range(MOST_REDIRECTS + 1):
                meter = Meter(sink.check_time)
                request = client.build_request("GET", url.copy_with(userinfo=b""), headers=asked)
                request.extensions["trace"] = meter.trace
                _authorise(request, home, url, feed)
                with _unlogged():
                    response = client.send(request, stream=True)
                try:
                    if known and response.status_code == httpx.codes.NOT_MODIFIED:
                        return Answer(etag=known.etag, last_modified=known.last_modified, not_modified=True)
                    if response.status_code not in REDIRECTS:
                        return _take(sink, response, meter)
                    url = _next(url, response, sink.source_shown, feed)
                finally:
                    response.close()
    except (httpx.InvalidURL, httpx.UnsupportedProtocol):
        raise WrongSettingsError(f"source: expected an http(s) address, got {sink.source_shown}") from None
    except httpx.HTTPError as error:
        refuse_untrusted(error, sink.source_shown)
        words = without_secrets(str(error), feed, source) or type(error).__name__
        raise UnreachableError(f"{sink.source_shown}: no usable answer ({type(error).__name__}: {words})") from None
    raise Refused(f"{sink.source_shown}: more than {MOST_REDIRECTS} redirects. Put the last address into the source")


@contextmanager
def _unlogged() -> Iterator[None]:
    """Keep the client from logging the address, whose query may be the supplier's key."""
    before = _ASKING.set(True)
    try:
        yield
    finally:
        _ASKING.reset(before)


def _conditions(known: Answer | None) -> dict[str, str]:
    """Ask by the stronger validator only: a date has seconds, and clocks go wrong."""
    if known and known.etag:
        return {"If-None-Match": known.etag}
    return {"If-Modified-Since": known.last_modified} if known and known.last_modified else {}


def _authorise(request: httpx.Request, home: httpx.URL, url: httpx.URL, feed: SupplierFeed | None) -> None:
    """Credentials go to the origin they were given for (or to the same host made safer), nowhere else."""
    upgraded = (home.scheme, url.scheme) == ("http", "https") and home.port is None and url.port is None
    if home.host != url.host or not (upgraded or (home.scheme, home.port) == (url.scheme, url.port)):
        return
    user, password = home.username, home.password
    if feed and feed.username:
        user, password = feed.username, feed.password.get_secret_value() if feed.password else ""
    if user:
        next(httpx.BasicAuth(user, password).auth_flow(request))
    if feed and feed.header_name and feed.header_value:
        request.headers[feed.header_name] = feed.header_value.get_secret_value()


def _next(url: httpx.URL, response: httpx.Response, source_shown: str, feed: SupplierFeed | None) -> httpx.URL:
    target = response.headers.get("location", "")
    following = url.join(target)
    there = without_secrets(shown(str(following)), feed)
    if not target or not is_web(str(following)):
        raise Refused(f"{source_shown}: expected a redirect to an http(s) address, got `{there if target else ''}`")
    if url.scheme == "https" and following.scheme == "http":
        raise Refused(
            f"{source_shown}: redirects from https to {there}, where anyone on the way could read or"
            " change the file. Ask the supplier for an https address"
        )
    return following


def _take(sink: Sink, response: httpx.Response, meter: Meter) -> Answer:
    status = response.status_code
    if status in MAY_HEAL or status >= httpx.codes.INTERNAL_SERVER_ERROR:
        wait = response.headers.get("retry-after")
        raise UnreachableError(
            f"{sink.source_shown}: expected status 200, got {status} {response.reason_phrase}"
            + (f"; the server asks to wait {wait}" if wait else "")
        )
    if status != httpx.codes.OK:
        advice = ADVICE.get(status, "Check the feed's source and credentials")
        raise WrongSettingsError(
            f"{sink.source_shown}: expected status 200, got {status} {response.reason_phrase}. {advice}"
        )
    coding = response.headers.get("content-encoding", "").strip().lower()
    if coding not in PLAIN:
        raise Refused(
            f"{sink.source_shown}: asked for the plain file, got one packed by `{coding}`. Ask the supplier for a plain"
            " or gzip answer"
        )
    announced = response.headers.get("content-length")
    expected = int(announced) if announced and announced.isdigit() else None
    sink.check_announced(expected)
    try:
        for block in response.iter_raw():
            sink.write(block)
    except httpx.RemoteProtocolError:
        got = response.num_bytes_downloaded
        whole = f"{expected:,} bytes (Content-Length)" if expected is not None else "the whole body"
        raise Refused(
            f"{sink.source_shown}: expected {whole}, got {got:,} bytes before the connection ended: the file is cut"
        ) from None
    response.close()
    if expected is not None and meter.body_bytes > expected:
        raise Refused(
            f"{sink.source_shown}: expected {expected:,} bytes (Content-Length), got at least"
            f" {meter.body_bytes:,}: the server announces a wrong length, so the end of the file can't be trusted"
        )
    return _answer(response)


def _answer(response: httpx.Response) -> Answer:
    """Give the validators that can be relied on: a date only where the file had been at rest when it was sent."""
    etag = response.headers.get("etag")
    modified = response.headers.get("last-modified")
    age = _seconds(response.headers.get("date")) - _seconds(modified)
    return Answer(
        content_type=response.headers.get("content-type"),
        etag=etag if etag and len(etag) <= LONGEST_ETAG and etag.isascii() else None,
        last_modified=modified if age >= AT_REST_SECONDS else None,
    )


def _seconds(date: str | None) -> float:
    """Seconds since 1970 of an HTTP date; not a number where there is none (every comparison with it is false)."""
    try:
        return parsedate_to_datetime(date).timestamp() if date else math.nan
    except ValueError:
        return math.nan
