"""What an answer of the Webservice means: done, the settings are wrong, the row was refused, or nobody knows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

from tasks.errors import RexbitError, UnreachableError, WrongSettingsError
from tasks.prestashop.webservice.xml import NotXmlError, Refusal, parse, refusals_of

VERSION_HEADER = "psws-version"
REDIRECTS = range(300, 400)
MAY_HEAL = frozenset({408, 425, 429})
SERVER_ERROR = 500
SHOWN = 200
PERMISSIONS = "in the back office, Advanced parameters, Webservice, in the key's permissions"
KEY_REFUSED = frozenset({17, 18, 20, 21})
NO_RESOURCE, NO_METHOD, NO_SUCH_METHOD, NO_SHOP, SWITCHED_OFF = 26, 25, 23, 132, 22
# of a stock row that another program counts, and of a place in a list: told before anything is saved, although by 500
ROW_REFUSED_BY_500 = frozenset({133, 134})
TICKS = {"GET": "View (GET)", "PUT": "Modify (PUT)", "PATCH": "Modify partially (PATCH)"}


class UnknownAnswerError(UnreachableError):
    """Nobody knows whether the request was worked on: a read is tried again, before another write one has to look.

    `sent`: false where it is sure that the shop got nothing. `wait_seconds`: what the server asks for.
    """

    def __init__(self, message: str, *, sent: bool = True, wait_seconds: float | None = None) -> None:
        super().__init__(message)
        self.sent = sent
        self.wait_seconds = wait_seconds


class RowRefusedError(RexbitError):
    """The shop refuses this row as it is or would be, with its words: the next one may go well, this one won't."""

    def __init__(self, message: str, code: int = 0) -> None:
        super().__init__(message)
        self.code = code


class RowMissingError(RowRefusedError):
    """There is no such row, or not in this shop."""


class BlockedError(WrongSettingsError):
    """Something before PrestaShop lets this request not through; nothing was done."""


class Reply(NamedTuple):
    """What came. `asked`: `GET products`. `where`: the shop's address."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    asked: str
    where: str

    @property
    def method(self) -> str:
        """The method asked by."""
        return self.asked.partition(" ")[0]

    @property
    def is_of_prestashop(self) -> bool:
        """Whether the Webservice itself answered, and nobody before it."""
        return VERSION_HEADER in self.headers


def content(reply: Reply) -> Element:
    """Return the document of an answer that went well; raises what is to be thought of any other."""
    if reply.status in REDIRECTS:
        raise _redirected(reply)
    document, problem = _document(reply.body)
    if document is not None and (refusals := refusals_of(document)):
        raise _told(reply, refusals)
    if reply.status != 200:
        raise _by_status(reply)
    if document is None:
        raise _no_document(reply, problem)
    return document


def _document(body: bytes) -> tuple[Element | None, str]:
    try:
        return parse(body), ""
    except NotXmlError as error:
        return None, str(error)


def _redirected(reply: Reply) -> WrongSettingsError:
    there = urlsplit(reply.headers.get("location", ""))
    host = f"`{there.scheme}://{there.netloc}`" if there.scheme and there.hostname else "another page"
    return WrongSettingsError(
        f"{reply.where}: expected the Webservice, got sent to {host}: PrestaShop does so when the address is not"
        " exactly one of its shop's (with or without `www.`, https), or no active shop has this number. Correct `Shop's"
        " address` or `Shop number` in the block"
    )


def _told(reply: Reply, refusals: list[Refusal]) -> RexbitError:
    """What the Webservice's own errors ask for."""
    code = refusals[0].code
    codes = {refusal.code for refusal in refusals}
    said = words("; ".join(refusal.message for refusal in refusals))
    if codes & KEY_REFUSED:
        return WrongSettingsError(
            f"{reply.where}: the shop refuses the key ({said}). Copy it anew from the back office, Advanced parameters,"
            " Webservice, and look there whether it is enabled and may do anything at all"
        )
    if code in (NO_RESOURCE, NO_METHOD, NO_SHOP, SWITCHED_OFF, NO_SUCH_METHOD):
        return WrongSettingsError(f"{reply.where}: {_setting(reply, code, said)}")
    if reply.status == 404:
        return RowMissingError(f"{reply.where}: {reply.asked}: there is no such row in this shop ({said})", code)
    if codes & ROW_REFUSED_BY_500 or (reply.status < SERVER_ERROR and reply.method != "GET"):
        return RowRefusedError(f"the shop refused it: {said} (code {code})", code)
    if reply.status < SERVER_ERROR and reply.status >= 400:
        return WrongSettingsError(
            f"{reply.where}: the Webservice didn't understand {reply.asked} ({said}; code {code}). Is this a PrestaShop"
            " from 1.6.1 to 9.1, without a module that changes its Webservice? Please tell us"
        )
    return UnknownAnswerError(f"{reply.where}: {reply.asked} ended in an error of the shop ({said}; code {code})")


def _setting(reply: Reply, code: int, said: str) -> str:
    method, _, path = reply.asked.partition(" ")
    resource = path.partition("/")[0]
    if code == NO_RESOURCE:
        return f"the key may not use `{resource}`. Tick {TICKS.get(method, method)} of `{resource}` {PERMISSIONS}"
    if code == NO_METHOD:
        return f"the key may not {method} `{resource}`. Tick {TICKS.get(method, method)} of `{resource}` {PERMISSIONS}"
    if code == NO_SHOP:
        return "the key may not use this shop. Tick the shop at the key (back office, Advanced parameters, Webservice)"
    if code == SWITCHED_OFF:
        return "the Webservice is switched off. Enable it: back office, Advanced parameters, Webservice"
    return f"this PrestaShop knows no {method} ({said})"


def _by_status(reply: Reply) -> RexbitError:
    """What a status without words of the Webservice asks for: mostly a server before it answered."""
    where, status = reply.where, reply.status
    if status in MAY_HEAL or (status >= SERVER_ERROR and status != 501):
        return UnknownAnswerError(
            f"{where}: expected an answer to {reply.asked}, got status {status}{_excerpt(reply)}",
            wait_seconds=_seconds(reply.headers.get("retry-after", "")),
        )
    if status == 404 and reply.is_of_prestashop:
        return RowMissingError(f"{where}: {reply.asked}: there is no such row")
    if status in {405, 501} and reply.method != "GET" and not reply.is_of_prestashop:
        return BlockedError(
            f"{where}: the web server lets no {reply.method} through (status {status}). Ask the host to allow PUT and"
            " PATCH below /api/"
        )
    if status == 403 and not reply.is_of_prestashop:
        return BlockedError(
            f"{where}: something before PrestaShop refuses {reply.asked} (status 403{_excerpt(reply)}): a firewall, a"
            " protection against robots. Ask the host to let this machine's address reach /api/, by GET, PUT and PATCH"
        )
    return WrongSettingsError(f"{where}: {_advice(status)}{_excerpt(reply)}")


def _advice(status: int) -> str:
    match status:
        case 401:
            return (
                "the key did not arrive at PrestaShop: the web server keeps the Authorization header to itself. Ask the"
                ' host to pass it on (Apache: `CGIPassAuth On`; `SetEnvIf Authorization "(.*)" HTTP_AUTHORIZATION=$1`)'
            )
        case 404:
            return (
                "there is no Webservice at this address (status 404). Correct `Shop's address` in the block; if it is"
                " right, URL rewriting has to work on the web server (its .htaccess)"
            )
    return f"expected the Webservice, got status {status}. Look at the address in a browser, and ask the host"


def _no_document(reply: Reply, problem: str) -> RexbitError:
    start = reply.body[:2000].lower()
    if b"fatal error" not in start and (b"<html" in start or b"<!doctype html" in start):
        return WrongSettingsError(
            f"{reply.where}: expected the Webservice's XML, got a page for people{_excerpt(reply)}. Correct `Shop's"
            " address` in the block; if it is right, something before PrestaShop answers (maintenance, a firewall):"
            " ask the host to let this machine's address reach /api/"
        )
    return UnknownAnswerError(f"{reply.where}: {reply.asked}: expected XML, got {problem}{_excerpt(reply)}")


def _excerpt(reply: Reply) -> str:
    if "html" not in reply.headers.get("content-type", "html"):
        return ""
    said = words(reply.body[:4000].decode(errors="replace"))
    return f" (`{said[:80]}`)" if said else ""


def words(text: str) -> str:
    """What a shop says, in one short line without tags."""
    return " ".join(re.sub(r"<[^<>]*>", " ", text).split())[:SHOWN]


def _seconds(text: str) -> float | None:
    return float(text) if text.isdecimal() else None
