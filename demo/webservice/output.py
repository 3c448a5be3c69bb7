"""Entities as XML or JSON, as the Webservice writes them."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from demo.webservice.answers import ErrorLine, xml_document
from demo.webservice.context import Context, Row
from demo.webservice.entities import Entity, Value
from demo.webservice.fields import Association, Field, Resource

ID = Field("id", "int")
GETTERS = frozenset(
    ("id_default_image", "id_default_combination", "position_in_category", "manufacturer_name", "quantity", "type")
)


@dataclass(frozen=True)
class Display:
    """What is shown of an entity. `fields` None: all; `associations`: their fields by name, None for all of them."""

    fields: frozenset[str] | None = None
    associations: dict[str, tuple[str, ...]] | None = None

    def shows(self, name: str) -> bool:
        """That field is shown."""
        return self.fields is None or name in self.fields

    def of(self, resource: Resource) -> list[tuple[Association, tuple[str, ...]]]:
        """The associations to show, with the fields of each."""
        if self.fields is None:
            return [(one, one.fields) for one in resource.associations]
        asked = self.associations or {}
        return [(one, asked[one.name]) for one in resource.associations if one.name in asked]


class MissingText(Exception):  # noqa: N818
    """JSON of a text whose row of some language doesn't exist: PHP warns, and the Webservice makes that an error."""


def as_xml(context: Context, url: str, resource: Resource, entities: Sequence[Entity], display: Display) -> str:
    """The nodes of entities, without a list around them."""
    parts = []
    for entity in entities:
        fields = [
            _xml_field(context, url, resource, field, entity)
            for field in (ID, *resource.fields)
            if display.shows(field.name)
        ]
        shown = display.of(resource)
        if resource.associations and (display.fields is None or shown):
            inner = "".join(
                _xml_association(url, one, names, entity.associated.get(one.name, ())) for one, names in shown
            )
            fields.append(f"<associations>\n{inner}</associations>\n")
        parts.append(f"<{resource.node}>\n{''.join(fields)}</{resource.node}>\n")
    return "".join(parts)


def _xml_field(context: Context, url: str, resource: Resource, field: Field, entity: Entity) -> str:
    value: Value = str(entity.id) if field is ID else entity.values.get(field.name)
    if field.lang:
        texts = value if isinstance(value, dict) else {}
        inner = "".join(
            f'<language id="{id_lang}" xlink:href="{url}languages/{id_lang}">'
            + (f"<![CDATA[{texts[id_lang]}]]>" if texts.get(id_lang) is not None else "")
            + "</language>"
            for id_lang in context.languages
        )
        return f"<{field.name}>{inner}</{field.name}>\n"
    head = field.name
    if field.link and value not in (None, "", "0"):
        head += f' xlink:href="{url}{field.link}/{value}"'
    if resource.name == "products" and field.name in GETTERS:
        head += ' notFilterable="true"'
    inner = f"<![CDATA[{value}]]>" if value not in (None, "", False) else ""
    return f"<{head}>{inner}</{field.name}>\n"


def _xml_association(url: str, association: Association, names: Collection[str], rows: Sequence[Row]) -> str:
    head = f'<{association.name} nodeType="{association.node}" api="{association.name}"'
    if not rows:
        return f"{head}/>\n"
    lines = []
    for row in rows:
        inner = "".join(f"<{name}><![CDATA[{row[name]}]]></{name}>\n" for name in association.fields if name in names)
        link = f"{url}{association.name}/{row['id']}"
        lines.append(f'<{association.node} xlink:href="{link}">\n{inner}</{association.node}>\n')
    return f"{head}>\n{''.join(lines)}</{association.name}>\n"


def as_json(context: Context, resource: Resource, entity: Entity, display: Display) -> dict[str, Any]:
    """An entity for JSON: texts up to 8.x, whole numbers as such in 9.x; its id always is one."""
    shown: dict[str, Any] = {}
    for field in (ID, *resource.fields):
        if not display.shows(field.name):
            continue
        value: Value = entity.values.get(field.name)
        if field is ID:
            shown["id"] = entity.id
        elif field.lang:
            shown[field.name] = _json_texts(context, value if isinstance(value, dict) else {})
        elif value is None and field.name.startswith("id_"):
            shown[field.name] = ""
        else:
            shown[field.name] = _number(context, field, value)
    for association, names in display.of(resource):
        rows = entity.associated.get(association.name, ())
        if rows:
            kept = [
                {name: _json_id(context, row[name]) for name in association.fields if name in names} for row in rows
            ]
            shown.setdefault("associations", {})[association.name] = kept
    return shown


def _json_texts(context: Context, texts: dict[int, str | None]) -> Any:
    if any(id_lang not in texts for id_lang in context.languages):
        raise MissingText
    lines = [{"id": _json_id(context, str(id_lang)), "value": texts[id_lang]} for id_lang in context.languages]
    return lines[0]["value"] if len(lines) == 1 else lines


def _json_id(context: Context, value: str | None) -> str | int | None:
    return int(value) if context.version >= (9,) and value is not None and value.isdecimal() else value


def _number(context: Context, field: Field, value: Value) -> Any:
    if context.version >= (9,) and field.kind == "int" and isinstance(value, str) and value.lstrip("-").isdecimal():
        return int(value)
    return value


def php_complaint(context: Context) -> ErrorLine:
    """The error that a missing text becomes."""
    if context.version >= (8,):
        return 3, "[PHP Warning #2] Undefined array key (classes/webservice/WebserviceOutputJSON.php)"
    return 5, "[PHP Notice #8] Undefined offset (classes/webservice/WebserviceOutputJSON.php)"


def json_text(content: object) -> str:
    """JSON as PHP writes it: slashes escaped; an empty array and an empty object are the same to it."""
    return json.dumps(content or [], ensure_ascii=False, separators=(",", ":")).replace("/", "\\/")


def synopsis(resource: Resource, *, blank: bool) -> str:
    """The schema: an empty entity, with what each field takes."""
    lines = []
    for field in resource.fields:
        details = ""
        if not blank:
            details += ' required="true"' if field.required else ""
            details += f' maxSize="{field.size}"' if field.size else ""
            details += f' format="{field.check}"' if field.check else ""
            details += "" if field.writable else ' readOnly="true"'
        elif not field.writable:
            continue
        inner = '<language id="1"></language>' if field.lang else ""
        lines.append(f"<{field.name}{details}>{inner}</{field.name}>\n")
    return xml_document(f"<{resource.node}>\n{''.join(lines)}</{resource.node}>\n")
