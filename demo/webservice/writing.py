"""PUT and PATCH: each entity of the body by itself, in order; the first that is refused ends the request."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pymysql

from demo.webservice.answers import ErrorLine, Refusal, xml_document
from demo.webservice.asking import Request
from demo.webservice.context import Context
from demo.webservice.entities import Entity, Texts, Value, load
from demo.webservice.fields import Field, Resource
from demo.webservice.output import Display, as_xml
from demo.webservice.reading import rendered_json
from demo.webservice.rules import complaint
from demo.webservice.stock import after_stock, refuses_stock
from demo.webservice.tables import update

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


def write(context: Context, request: Request, resource: Resource, url: str) -> tuple[int, str]:
    """Status and body of a PUT or PATCH. The id in the address plays no part: those in the body do."""
    nodes = _nodes(context, request)
    written = [_save(context, request, resource, node) for node in nodes]
    if request.as_json:
        return rendered_json(context, resource, written, Display(), listed=request.text("display") is not None)
    return 200, xml_document(as_xml(context, url, resource, written, Display()))


def _nodes(context: Context, request: Request) -> list[Element]:
    body = request.body.removeprefix(b"xml=")
    try:
        nodes = list(ET.fromstring(body))  # noqa: S314 - tests write to it
    except (ET.ParseError, ValueError, LookupError) as error:
        text = body.decode(errors="replace")
        line = (127, f"XML error : String could not be parsed as XML\nXML length : {len(body)}\nOriginal XML : {text}")
        if (1, 7) <= context.version < (8,):
            warning = "[PHP Warning #2] SimpleXMLElement::__construct(): Entity: line 1: parser error"
            raise Refusal(500, 3, warning, (line,)) from error
        raise Refusal(500, *line) from error
    ids = [_int(node.findtext("id")) for node in nodes if node.findtext("id")]
    if len(set(ids)) != len(ids):
        raise Refusal(400, 89, "id is duplicate in request")
    if len(ids) != len(nodes):
        raise Refusal(400, 90, "id is required when modifying a resource")
    return nodes


def _int(text: str | None) -> int:
    digits = (text or "").strip()
    return int(digits) if digits.isdecimal() else 0


def _save(context: Context, request: Request, resource: Resource, node: Element) -> Entity:
    shown = [association.name for association in resource.associations]
    found = load(context, resource, [_int(node.findtext("id"))], shown)
    if not found:
        raise Refusal(404, 92, "Invalid ID")
    entity = found[0]
    touched, problems = _take(context, request, resource, node, entity)
    if problems:
        raise Refusal(500, *problems[0])
    _validate(context, resource, entity)
    if resource.name == "stock_availables" and refuses_stock(context, entity):
        text = "You cannot update the available stock when it depends on stock."
        raise Refusal(500, 133, text, ((46, "Unable to save resource"),))
    now = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}"
    if resource.field("date_upd"):
        entity.values["date_upd"] = now
        touched |= {"date_upd"}
    if resource.field("date_add") and entity.values["date_add"] is None:
        entity.values["date_add"] = now
        touched |= {"date_add"}
    partly = request.method == "PATCH" and context.version >= (9,)
    try:
        update(context, resource, entity, frozenset(touched) if partly else None)
    except pymysql.MySQLError as error:
        raise Refusal(500, 46, "Unable to save resource") from error
    if resource.name == "stock_availables":
        after_stock(context, entity)
    _associations(resource, node)
    return entity


def _take(
    context: Context, request: Request, resource: Resource, node: Element, entity: Entity
) -> tuple[set[str], list[ErrorLine]]:
    """Put what was sent into the entity; a PUT empties what was not. Tells the fields to write."""
    touched: set[str] = set()
    problems: list[ErrorLine] = []
    for field in resource.fields:
        sent = node.find(field.name)
        if sent is None and request.method == "PATCH":
            continue
        touched.add(field.name)
        if field.lang:
            entity.values[field.name] = _texts(field, sent, entity.values[field.name])
        elif sent is not None and not field.writable:
            text = f'parameter "{field.name}" not writable. Please remove this attribute of this XML'
            raise Refusal(400, 93, text)
        elif sent is not None and field.name == "position_in_category":
            problems += _position(context, sent.text or "")
        elif sent is not None:
            entity.values[field.name] = sent.text or ""
        elif field.required:
            raise Refusal(400, 41, f'parameter "{field.name}" required')
        elif field.own:
            entity.values[field.name] = None
    return touched, problems


def _texts(field: Field, sent: Element | None, before: Value) -> Value:
    """Texts of the languages sent; those of other languages are lost, but where the field is required.

    Without a node for each language it is one text for all of them.
    """
    lines = [] if sent is None else sent.findall("language")
    if not lines:
        return (sent.text if sent is not None else None) or ""
    texts: Texts = dict(before) if field.required and isinstance(before, dict) else {}
    return texts | {_int(line.get("id")): line.text or "" for line in lines}


def _position(context: Context, text: str) -> list[ErrorLine]:
    if context.version < (1, 7) or _int(text) > 0:
        return []
    return [(134, "You cannot set 0 or a negative position, the minimum is 1.")]


def _validate(context: Context, resource: Resource, entity: Entity) -> None:
    """Every field is looked at, also those that were not sent."""
    owner = "".join(word.capitalize() for word in resource.node.split("_"))
    default = context.default_language
    for field in (field for field in resource.fields if field.lang):
        value = entity.values[field.name]
        texts: Texts = value if isinstance(value, dict) else {default: value if isinstance(value, str) else None}
        for id_lang, text in {default: "", **texts}.items():
            said = complaint(owner, field, text, must=id_lang == default)
            if said:
                raise Refusal(400, 84, f'Validation error: "{said}"')
    for field in (field for field in resource.fields if field.own and not field.lang):
        said = complaint(owner, field, entity.text(field.name), must=True)
        if said:
            raise Refusal(400, 85, f'Validation error: "{said}"')


def _associations(resource: Resource, node: Element) -> None:
    """Associations are not written here; a name that nobody knows is refused, after the entity was saved."""
    known = {association.name for association in resource.associations} | {"i18n"}
    for association in node.findall("associations/*"):
        if association.tag not in known:
            raise Refusal(400, 86, f'The association "{association.tag}" does not exists')
