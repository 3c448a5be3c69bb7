"""One request from the key to the answer, in PrestaShop's order of checks."""

from __future__ import annotations

import html
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from threading import Lock
from urllib.parse import parse_qsl, urlencode

import pymysql

from demo.webservice.answers import Answer, Refusal, did_you_mean, errors, html_page, webservice_headers
from demo.webservice.asking import Request
from demo.webservice.context import (
    Context,
    Database,
    choose_group,
    choose_languages,
    choose_shop,
    columns,
)
from demo.webservice.fields import Resource, Version
from demo.webservice.reading import list_resources, read
from demo.webservice.resources import FORBIDDEN, HELD, KNOWN, resources
from demo.webservice.writing import write

KEY_LENGTH = 32
REALM = 'Basic realm="Welcome to PrestaShop Webservice, please enter the authentication key as the login."'
READ = frozenset(("GET", "HEAD"))
WRITE = frozenset(("GET", "HEAD", "PUT", "PATCH"))
WRITABLE = frozenset(("products", "combinations", "stock_availables"))
Permissions = Mapping[str, Collection[str]]


def all_permissions() -> dict[str, frozenset[str]]:
    """Reading of everything that is held, and writing of what a sync writes."""
    return {resource.name: WRITE if resource.name in WRITABLE else READ for resource in HELD}


@dataclass
class Api:
    """The Webservice of one shop.

    `permissions`: methods by resource; `shops`: those that the key may use (None: all).
    """

    database: Database
    key: str
    permissions: dict[str, frozenset[str]]
    shops: frozenset[int] | None = None
    enabled: bool = True
    url: str = ""
    _columns: dict[str, set[str]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def answer(self, request: Request) -> Answer:
        """Answer a request; what it changes is in the tables when this returns."""
        try:
            return self._answer(request)
        except pymysql.MySQLError as error:
            return html_page(f"Link to database cannot be established: {html.escape(str(error))}", 500)

    def _answer(self, request: Request) -> Answer:
        with self.database.open() as connection:
            with self._lock:
                self._columns = self._columns or columns(connection, self.database.prefix)
            context = Context(connection, self.database.prefix, (0,), self._columns)
            version = context.setting("PS_VERSION_DB") or "8.2.1"
            context.version = _version(version)
            if not choose_shop(context, request):
                return self._home(request)
            if request.key is None:
                page = html_page("401 Unauthorized", 401)
                page.headers["WWW-Authenticate"] = REALM
                return page
            return self._webservice(context, request, version)

    def _home(self, request: Request) -> Answer:
        """PrestaShop doesn't know the shop asked for, and sends to the main one, before it looks at any key."""
        kept = [(name, value) for name, value in parse_qsl(request.query) if name != "id_shop"]
        query = f"?{urlencode([('url', request.resource), *kept])}"
        return Answer(302, b"", {"Location": f"{self.url}{query}", "Content-Type": "text/html; charset=utf-8"})

    def _webservice(self, context: Context, request: Request, version: str) -> Answer:
        known = False
        try:
            self._check_key(request)
            known = True
            self._check_shop(context, request)
            choose_languages(context, request)
            status, text = self._execute(context, request)
        except Refusal as refusal:
            status = refusal.status
            text = errors(refusal.lines, as_json=request.as_json) if refusal.lines else ""
        body = text.encode()
        headers = webservice_headers(version if known else "0", body, as_json=request.as_json)
        if status == 401 and not known:
            headers["WWW-Authenticate"] = REALM
        return Answer(status, body, headers)

    def _check_key(self, request: Request) -> None:
        if not self.enabled:
            text = "The PrestaShop webservice is disabled. Please activate it in the PrestaShop Back Office"
            raise Refusal(503, 22, text)
        key = (request.key or "").strip()
        if not key:
            raise Refusal(401, 17, "Authentication key is empty")
        if len(key.encode()) != KEY_LENGTH:
            raise Refusal(401, 18, "Invalid authentication key format")
        if key != self.key:
            nothing = (21, "No permission for this authentication key")
            raise Refusal(401, 20, "Authentification key is not active", (nothing,))
        if not self.permissions:
            raise Refusal(401, 21, "No permission for this authentication key")

    def _check_shop(self, context: Context, request: Request) -> None:
        if context.setting("PS_WEBSERVICE") == "0":
            raise Refusal(503, 22, "The PrestaShop webservice is disabled. Please activate it in the Back Office")
        choose_group(context, request)
        if self.shops is not None and not self.shops & set(context.shops):
            raise Refusal(403, 132, "No permission for this key on this shop")

    def _execute(self, context: Context, request: Request) -> tuple[int, str]:
        held = resources(context.version)
        name, method, patches = request.resource, request.method, context.version >= (8,)
        if name and name not in KNOWN:
            raise Refusal(400, 27, did_you_mean(f'Resource of type "{name}" does not exists', name, sorted(KNOWN)))
        if name and (name not in self.permissions or name not in held):
            raise Refusal(401, 26, f'Resource of type "{name}" is not allowed with this authentication key')
        self._check_method(name, method, patches=patches)
        if not name:
            text = list_resources(self._base, held, self.permissions, json=request.as_json, patch=patches)
            return 200, text
        resource: Resource = held[name]
        if method in READ:
            return read(context, request, resource, self._base)
        if method in ("PUT", "PATCH"):
            return write(context, request, resource, self._base)
        raise Refusal(501, 124, f"This stand-in doesn't {method}")

    def _check_method(self, name: str, method: str, *, patches: bool) -> None:
        if method not in ("GET", "HEAD", "PUT", "POST", "DELETE", *(("PATCH",) if patches else ())):
            raise Refusal(405, 23, f"Method {method} is not valid")
        if method in FORBIDDEN.get(name, ()):
            raise Refusal(405, 101, f"Method {method} is not allowed for the resource {name}")
        if name and method not in self.permissions[name]:
            text = f"Method {method} is not allowed for the resource {name} with this authentication key"
            raise Refusal(405, 25, text)

    @property
    def _base(self) -> str:
        return f"{self.url}api/"


def _version(text: str) -> Version:
    return tuple(int(part) for part in text.split(".") if part.isdecimal())
