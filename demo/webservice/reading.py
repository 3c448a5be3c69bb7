"""GET and HEAD: the list of resources, lists of entities, single ones."""

from __future__ import annotations

import re

from demo.webservice.answers import Refusal, errors, xml_document
from demo.webservice.asking import Request
from demo.webservice.context import Context
from demo.webservice.entities import Entity, load
from demo.webservice.fields import Resource
from demo.webservice.filters import in_shops, select_ids
from demo.webservice.output import Display, MissingText, as_json, as_xml, json_text, php_complaint, synopsis

MINIMUM = Display(frozenset(("id",)))
METHODS = ("get", "put", "post", "patch", "delete", "head")


def list_resources(
    url: str, held: dict[str, Resource], permissions: dict[str, frozenset[str]], *, json: bool, patch: bool
) -> str:
    """What the key may use, and how; in JSON the names only."""
    if json:
        return json_text([name for name in held if name in permissions])
    lines = []
    for name, resource in held.items():
        if name in permissions:
            may = " ".join(
                f'{method}="{"true" if method.upper() in permissions[name] else "false"}"'
                for method in METHODS
                if method != "patch" or patch
            )
            here = f'xlink:href="{url}{name}" {may}'
            schemas = "".join(
                f'<schema xlink:href="{url}{name}?schema={kind}" type="{kind}"/>\n' for kind in ("blank", "synopsis")
            )
            lines.append(f"<{name} {here}>\n<description {here}>\n{resource.title}</description>\n{schemas}</{name}>\n")
    return xml_document(f'<api shopName="Sklep">\n{"".join(lines)}</api>\n')


def read(context: Context, request: Request, resource: Resource, url: str) -> tuple[int, str]:
    """Status and body of a GET."""
    schema = request.text("schema")
    if schema in ("blank", "synopsis"):
        return 200, synopsis(resource, blank=schema == "blank")
    if schema is not None:
        raise Refusal(400, 28, "Please select a schema of type 'synopsis' or 'blank'")
    if request.segment:
        return _single(context, request, resource, url)
    ids = select_ids(context, request, resource)
    display = _display(request, resource)
    minimum = display is None
    display = display or MINIMUM
    if minimum:
        return 200, _ids(request, resource, ids, url)
    entities = load(context, resource, ids, [one.name for one, _ in display.of(resource)])
    if not request.as_json:
        inner = as_xml(context, url, resource, entities, display)
        return 200, xml_document(f"<{resource.name}>\n{inner}</{resource.name}>\n")
    return rendered_json(context, resource, entities, display, listed=True)


def _ids(request: Request, resource: Resource, ids: list[int], url: str) -> str:
    if request.as_json:
        return json_text({resource.name: [{"id": one} for one in ids]} if ids else [])
    lines = "".join(f'<{resource.node} id="{one}" xlink:href="{url}{resource.name}/{one}"/>\n' for one in ids)
    return xml_document(f"<{resource.name}>\n{lines}</{resource.name}>\n")


def _single(context: Context, request: Request, resource: Resource, url: str) -> tuple[int, str]:
    display = _display(request, resource) or Display()
    shown = [one.name for one, _ in display.of(resource)]
    found = load(context, resource, [request.id or 0], shown)
    if not found:
        raise Refusal(404)
    _must_be_of_shop(context, resource, found[0])
    if request.as_json:
        return rendered_json(context, resource, found, display, listed=request.text("display") is not None)
    return 200, xml_document(as_xml(context, url, resource, found, display))


def rendered_json(
    context: Context, resource: Resource, entities: list[Entity], display: Display, *, listed: bool
) -> tuple[int, str]:
    """Entities as JSON; `listed`: under the plural name. Of several that are not listed only the last is left."""
    try:
        shown = [as_json(context, resource, entity, display) for entity in entities]
    except MissingText:
        return 500, errors((php_complaint(context),), as_json=True)
    if not shown:
        return 200, json_text([])
    return 200, json_text({resource.name: shown} if listed else {resource.node: shown[-1]})


def _must_be_of_shop(context: Context, resource: Resource, entity: Entity) -> None:
    table, values = resource.table, [entity.id]
    if resource.shops == "row":
        where, more = in_shops(context, "here")
    elif resource.shops == "shop" and f"{table}_shop" in context.columns:
        table = f"{table}_shop"
        where, more = f"AND here.id_shop IN ({','.join(['%s'] * len(context.shops))})", list(context.shops)
    else:
        return
    query = f"SELECT 1 FROM `{{p}}{table}` AS here WHERE here.`{resource.primary}` = %s {where} LIMIT 1"
    if not context.rows(query, values + more):
        name = "".join(word.capitalize() for word in resource.node.split("_"))
        raise Refusal(404, 131, f"This {name} ({entity.id}) does not exists on this shop")


def _display(request: Request, resource: Resource) -> Display | None:
    """What `display` asks for; None: nothing was said (ids in a list, everything of a single one)."""
    asked = request.text("display")
    if asked is None or asked == "minimum":
        return None if asked is None or not request.segment else MINIMUM
    if asked == "full":
        return Display()
    names = [field.name for field in resource.fields]
    if not re.fullmatch(r"\[.*\]", asked, re.DOTALL):
        text = "The 'display' syntax is wrong. You can set 'full' or '[field_1,field_2,...]'. These are available: "
        raise Refusal(400, 36, text + ", ".join(["id", *names]))
    fields: set[str] = set()
    associations: dict[str, tuple[str, ...]] = {}
    known = {one.name: one.fields for one in resource.associations}
    for part in re.findall(r"[^,\[\]]+(?:\[[^\]]*\])?", asked[1:-1]):
        name, bracket, inner = part.strip().partition("[")
        inside = tuple(inner.removesuffix("]").split(",")) if bracket else ()
        right = set(inside) <= {"id", *known.get(name, ())} and name in known if bracket else name in ("id", *names)
        if not right:
            text = f'Unable to display this field "{name}". However, these are available: '
            raise Refusal(400, 35, text + ", ".join(["id", *names]))
        if bracket:
            associations[name] = inside
        else:
            fields.add(name)
    return Display(frozenset(fields), associations)
