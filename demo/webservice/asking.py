"""A request as PHP sees it: method, resource, id, parameters in nested brackets, key, body."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

Parameter = str | dict[str, "Parameter"]


@dataclass(frozen=True)
class Request:
    """A request for the API. `number` counts all requests from 1; `id` None: for the whole resource."""

    number: int
    method: str
    resource: str
    id: int | None
    query: str
    body: bytes
    key: str | None
    segment: str = ""
    parameters: dict[str, Parameter] = field(default_factory=dict)

    def text(self, name: str) -> str | None:
        """A parameter that is not an array."""
        value = self.parameters.get(name)
        return value if isinstance(value, str) else None

    @property
    def as_json(self) -> bool:
        """The answer is wanted as JSON."""
        return "JSON" in (self.text("output_format"), self.text("io_format"))


def understand(number: int, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Request | None:
    """A request for the API; None for anything else of the shop."""
    path, _, query = target.partition("?")
    found = re.fullmatch(r"(?:/prestashop)?/api(?:/(.*))?", path)
    if not found:
        return None
    resource, _, rest = (found[1] or "").partition("/")
    segment = rest.partition("/")[0]
    parameters = nested(query)
    asked = parameters.get("ps_method")
    if isinstance(asked, str):
        method = asked
    key = _key(headers) or (parameters["ws_key"] if isinstance(parameters.get("ws_key"), str) else None)
    id_asked = int(segment) if segment.isdecimal() else (0 if segment else None)
    return Request(
        number, method, resource, id_asked, query, body, str(key) if key is not None else None, segment, parameters
    )


def nested(query: str) -> dict[str, Parameter]:
    """Parameters as PHP reads them: `filter[id]=1` is an array in `filter`; the last of a name wins."""
    result: dict[str, Parameter] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        first, inner = re.fullmatch(r"([^\[]*)((?:\[[^\]]*\])*).*", name, re.DOTALL).groups()  # type: ignore[union-attr]
        steps = [first.replace(".", "_"), *re.findall(r"\[([^\]]*)\]", inner)]
        place = result
        for step in steps[:-1]:
            below = place.setdefault(step, {})
            if isinstance(below, str):
                below = place[step] = {}
            place = below
        place[steps[-1] or str(len(place))] = value
    return result


def _key(headers: Mapping[str, str]) -> str | None:
    lines = {name.lower(): value for name, value in headers.items()}
    kind, _, value = lines.get("authorization", "").partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        return base64.b64decode(value.strip(), validate=True).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError):
        return None
