"""Entities as the Webservice's XML has them: read safely, built, changed, and written to be sent back.

XML, never JSON: there a product without a row for some language breaks a whole page, and values change their types by
version. NULL and '' look alike in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, Self
from xml.etree.ElementTree import Element, SubElement, TreeBuilder, tostring
from xml.parsers import expat

DEEPEST = 20
HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n'
XLINK = "http://www.w3.org/1999/xlink"
IN_CDATA = re.compile(rb"<!\[CDATA\[.*?\]\]>", re.DOTALL)
RETURN = "\U0010fffd"  # stands for a carriage return while XML is read, which would make it a line feed
NEVER_IN_XML = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")

Value = str | int | Mapping[int, str]


class NotXmlError(Exception):
    """What came is no whole and plain XML document; the message says what it is instead."""


class Refusal(NamedTuple):
    """One error that the Webservice tells: its own code, and its words."""

    code: int
    message: str


class Entity:
    """A product, combination, stock row or whatever else, with all the fields that came, or were put into it."""

    def __init__(self, element: Element) -> None:
        self.element = element

    @classmethod
    def new(cls, node: str, id: int, **fields: Value) -> Self:  # noqa: A002 - the field's name
        """Make one of a node's name (`stock_available`) with some fields; texts as `{id_lang: text}`."""
        entity = cls(Element(node))
        for name, value in {"id": id, **fields}.items():
            entity.set(name, value)
        return entity

    def __repr__(self) -> str:
        return f"<{self.node} {self.id}>"

    @property
    def node(self) -> str:
        """What it is: `product`, `stock_available`..."""
        return self.element.tag

    @property
    def id(self) -> int:
        """Its id; 0 for what was deleted while it was listed. In a list of ids alone it is an attribute."""
        found = self.text("id") or self.element.get("id", "")
        return int(found) if found.isdecimal() else 0

    @property
    def fields(self) -> list[str]:
        """The names of its fields, in their order."""
        return [child.tag for child in self.element]

    def has(self, field: str) -> bool:
        """Whether it has a field, be it empty."""
        return self.element.find(field) is not None

    def text(self, field: str) -> str:
        """A field's value; '' where it is NULL, empty or not there."""
        return self.element.findtext(field, "")

    def texts(self, field: str) -> dict[int, str]:
        """A field's value by language, for the languages that were asked for; '' also where NULL or without a row."""
        lines = self.element.findall(f"{field}/language")
        return {int(line.get("id", "0")): line.text or "" for line in lines}

    def set(self, field: str, value: Value) -> None:
        """Let a field hold a value, or texts by language: exactly these languages are sent."""
        found = self.element.find(field)
        if found is None:
            found = SubElement(self.element, field)
        found.clear()
        if isinstance(value, Mapping):
            for id_lang, text in value.items():
                SubElement(found, "language", {"id": str(id_lang)}).text = text
        else:
            found.text = str(value)

    def remove(self, *fields: str) -> None:
        """Take fields out, where they are there: what may not be sent back, `associations` too."""
        for field in fields:
            for found in self.element.findall(field):
                self.element.remove(found)

    def remove_empty(self) -> None:
        """Take out fields without a value before a PUT: sent, they would become 0 where NULL stands now."""
        for field in list(self.element):
            if not len(field) and not field.text:
                self.element.remove(field)


def document(*entities: Entity) -> bytes:
    """The body of a PUT or PATCH."""
    root = Element("prestashop", {"xmlns:xlink": XLINK})
    root.extend(entity.element for entity in entities)
    body: bytes = tostring(root, encoding="utf-8")
    return HEAD + body.replace(b"\r", b"&#13;")  # as such it would be read as a line feed


def parse(body: bytes) -> Element:
    """Read a document; raises NotXmlError for what is cut, malformed, or declares a DOCTYPE or entities.

    What PHP printed in front of it is passed over, and so are signs that no XML may hold but PrestaShop writes.
    """
    at = body.find(b"<?xml")
    body = body[at:] if at > 0 else body.lstrip()
    try:
        return _parsed(body)
    except NotXmlError:
        cleaned = NEVER_IN_XML.sub(b"", body)
        if cleaned == body:
            raise
        return _parsed(cleaned)


def is_exact(body: bytes) -> bool:
    """Whether a document holds no sign that XML can't carry back to the shop."""
    return not NEVER_IN_XML.search(body)


def _parsed(body: bytes) -> Element:
    parser: Any = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    builder = TreeBuilder()
    depth = 0
    if b"\r" in body:
        body = IN_CDATA.sub(lambda text: text[0].replace(b"\r", RETURN.encode()), body)

    def begin(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise NotXmlError(f"elements nested deeper than {DEEPEST}")
        # what a key may do stands at the resources; addresses and the like are of no use, and must not be sent back
        plain = {name: value for name, value in attributes.items() if name == "id" or (depth == 3 and ":" not in name)}
        builder.start(tag, plain)

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(tag)

    def refuse(*_: object) -> None:
        raise NotXmlError("XML with a DOCTYPE or entities of its own")

    def characters(text: str) -> None:
        builder.data(text.replace(RETURN, "\r"))

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = begin, end, characters
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = parser.SkippedEntityHandler = refuse
    try:
        parser.Parse(body, True)
    except expat.ExpatError as error:
        raise NotXmlError(f"XML that is cut or malformed ({error})") from None
    return builder.close()


def entities_of(root: Element) -> Iterator[Entity]:
    """What a document holds: the entities of a list, or the only one (or those just written), without a list around."""
    for child in root:
        if child.tag == "errors":
            continue
        if len(child) and child.find("id") is None and all(_is_entity(inner) for inner in child):
            yield from map(Entity, child)
        elif _is_entity(child):
            yield Entity(child)


def _is_entity(element: Element) -> bool:
    return element.find("id") is not None or element.get("id") is not None


def refusals_of(root: Element) -> list[Refusal]:
    """The errors that a document tells."""
    found = []
    for error in root.iterfind("errors/error"):
        code = error.findtext("code", "").strip()
        found.append(Refusal(int(code) if code.isdecimal() else 0, error.findtext("message", "").strip()))
    return found


def methods_of(root: Element) -> dict[str, frozenset[str]]:
    """What the root document says that the key may do: resource -> methods (`GET`, `PUT`...)."""
    return {
        child.tag: frozenset(name.upper() for name, value in child.items() if value == "true")
        for child in root.iterfind("api/*")
    }
