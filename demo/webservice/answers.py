"""What is answered: status, headers, body; and the errors that end a request early, as PrestaShop words them."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import dataclass, field
from http import HTTPStatus

ErrorLine = tuple[int, str]  # code, message
HTML = "text/html; charset=utf-8"


@dataclass
class Answer:
    """An HTTP answer."""

    status: int = HTTPStatus.OK
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


class Refusal(Exception):  # noqa: N818 - it is not always an error of the program
    """The request ends here with PrestaShop's error `code` (and `more` of them); none at all: an empty body."""

    def __init__(self, status: int, code: int = 0, message: str = "", more: tuple[ErrorLine, ...] = ()) -> None:
        super().__init__(message)
        self.status = status
        self.lines: tuple[ErrorLine, ...] = ((code, message), *more) if code else ()


def did_you_mean(message: str, asked: str, known: list[str]) -> str:
    """PrestaShop's help with a name that it doesn't know (it takes the nearest by its letters)."""
    nearest = min(known, key=lambda name: (len(set(name) ^ set(asked)), abs(len(name) - len(asked))))
    return f'{message}. Did you mean: "{nearest}"? The full list is: "' + '", "'.join(known) + '"'


def errors(lines: tuple[ErrorLine, ...], *, as_json: bool) -> str:
    """The body that tells errors."""
    if as_json:
        return json.dumps({"errors": [{"code": code, "message": text} for code, text in lines]}, ensure_ascii=False)
    inner = "".join(
        f"<error>\n<code><![CDATA[{code}]]></code>\n<message><![CDATA[{text}]]></message>\n</error>\n"
        for code, text in lines
    )
    return xml_document(f"<errors>\n{inner}</errors>\n")


def xml_document(content: str) -> str:
    """Nodes as a whole document."""
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<prestashop xmlns:xlink="http://www.w3.org/1999/xlink">\n'
    return f"{head}{content}</prestashop>\n"


def webservice_headers(version: str, body: bytes, *, as_json: bool) -> dict[str, str]:
    """The headers of the Webservice; `version` is 0 for those whose key was refused."""
    headers = {
        "Access-Time": str(int(time.time())),
        "X-Powered-By": "PrestaShop Webservice",
        "PSWS-Version": version,
        "Execution-Time": "0.01",
    }
    if body:
        headers["Content-Type"] = "application/json" if as_json else "text/xml;charset=utf-8"
        headers["Content-Sha1"] = hashlib.sha1(body).hexdigest()  # noqa: S324 - the Webservice sends it
    return headers


def html_page(title: str, status: int = HTTPStatus.OK) -> Answer:
    """A page of the shop or of its web server."""
    text = f"<!doctype html>\n<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>\n"
    return Answer(status, text.encode(), {"Content-Type": HTML})
