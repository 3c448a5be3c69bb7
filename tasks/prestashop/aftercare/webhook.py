"""A webhook: the numbers of written products by POST, signed, in parts, and each part known again by its key.

Its address may hold a token: messages and logs name the host and nothing more.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import random
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from typing import NamedTuple

import httpx

from tasks.errors import RexbitError

CONNECT_SECONDS = 5
ANSWER_SECONDS = 30  # for one POST as a whole, whatever the other side does
PAUSES = (1.0, 4.0)  # before another attempt
MAY_HEAL = {408, 425, 429}
ADVICE = {
    401: "check the token in the address and the secret",
    403: "check the token in the address and the secret, and whether it lets this machine in",
    404: "there is nothing at this address: check it in the shop's block",
    410: "there is nothing at this address any more: check it in the shop's block",
    413: "it takes no POST of this size",
}

_POSTING: ContextVar[bool] = ContextVar("posting to a webhook", default=False)
for _name in ("httpx", "httpcore.http11"):  # which name the whole address, and one that an answer leads to
    logging.getLogger(_name).addFilter(lambda _: not _POSTING.get())


class Part(NamedTuple):
    """What one POST says; `key` is the same whenever it is sent again."""

    body: bytes
    key: str


class NotTakenError(RexbitError):
    """The webhook did not take a part, also when asked again; the message names its host and what it answered."""


class _MayHealError(NotTakenError):
    """Another attempt may go through."""


def signature(body: bytes, secret: str) -> str:
    """The value of the header `Rexbit-Signature`: HMAC-SHA256 of the body, by which a receiver knows us."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


class Webhook(NamedTuple):
    """Where to post; `secret`: what to sign with. Never shown."""

    url: str
    secret: str | None

    def __repr__(self) -> str:
        return f"Webhook({httpx.URL(self.url).host})"


def deliver(hook: Webhook, parts: Iterable[Part], taken: Callable[[], None], until: float) -> bool:
    """Send parts in their order, `taken` after each; False: it was `until` (monotonic time) before the last one.

    Raises NotTakenError at the first that isn't taken.
    """
    # in a thread: a notebook's own thread runs a loop already, and only a loop can end an answer that drips for hours
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="webhook") as pool:
        return pool.submit(lambda: asyncio.run(_deliver(hook, parts, taken, until))).result()


async def _deliver(hook: Webhook, parts: Iterable[Part], taken: Callable[[], None], until: float) -> bool:
    _POSTING.set(True)
    async with httpx.AsyncClient(timeout=httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS)) as client:
        for part in parts:
            if time.monotonic() >= until:
                return False
            await _insist(client, _request(client, hook, part))
            taken()
    return True


def _request(client: httpx.AsyncClient, hook: Webhook, part: Part) -> httpx.Request:
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "rexbit-flows",
        "Idempotency-Key": part.key,
    }
    if hook.secret:
        headers["Rexbit-Signature"] = signature(part.body, hook.secret)
    return client.build_request("POST", hook.url, content=part.body, headers=headers)


async def _insist(client: httpx.AsyncClient, request: httpx.Request) -> None:
    for pause in PAUSES:
        try:
            return await _send(client, request)
        except _MayHealError:
            await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311
    return await _send(client, request)


async def _send(client: httpx.AsyncClient, request: httpx.Request) -> None:
    host = request.url.host
    try:
        async with asyncio.timeout(ANSWER_SECONDS):
            response = await client.send(request, stream=True, follow_redirects=False)
            await response.aclose()  # what it says beside its status is not read
    except (TimeoutError, httpx.TimeoutException):
        raise _MayHealError(f"{host} did not answer within {ANSWER_SECONDS} seconds") from None
    except httpx.ConnectError as error:  # its words name no address
        raise _MayHealError(f"{host} could not be reached ({error})") from None
    except httpx.TransportError as error:
        raise _MayHealError(f"{host} did not answer as agreed ({type(error).__name__})") from None
    status = response.status_code
    if response.is_success:
        return
    if status in MAY_HEAL or response.is_server_error:
        raise _MayHealError(f"{host} answered {status}")
    if response.is_redirect or 300 <= status < 400:
        raise NotTakenError(f"{host} answered {status}, a redirect, which is not followed: give the address itself")
    raise NotTakenError(f"{host} answered {status}" + (f": {ADVICE[status]}" if status in ADVICE else ""))
