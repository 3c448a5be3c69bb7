"""Which rows of a resource are asked for: `filter`, `sort`, `limit`, as SQL with bound values."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from demo.webservice.answers import Refusal, did_you_mean
from demo.webservice.asking import Parameter, Request
from demo.webservice.context import Context
from demo.webservice.fields import Field, Resource

RANGE = re.compile(r"([\d.:\-\s]+),([\d.:\-\s]+)")
DYNAMIC = frozenset(
    ("id_default_image", "id_default_combination", "position_in_category", "manufacturer_name", "type", "quantity")
)
DATES = ("date_add", "date_upd")


@dataclass
class Selection:
    """The end of a query for ids."""

    joins: list[str] = field(default_factory=list)
    where: list[str] = field(default_factory=list)
    values: list[str | int] = field(default_factory=list)
    order: str = ""
    limit: str = ""


def select_ids(context: Context, request: Request, resource: Resource) -> list[int]:
    """The ids of the rows asked for, in the order asked for; else in one that nobody should rely on."""
    selection = Selection()
    _of_shop(context, resource, selection)
    _filter(context, request, resource, selection)
    _sort(request, resource, context, selection)
    _limit(request, selection)
    key = f"main.`{resource.primary}`"
    order = selection.order or f"CRC32(CONCAT({key}, '/{resource.name}'))"
    found = context.rows(
        f"SELECT DISTINCT {key} AS id FROM `{{p}}{resource.table}` AS main {' '.join(selection.joins)}"
        f" WHERE 1 {' '.join(selection.where)} ORDER BY {order}{selection.limit}",
        selection.values,
    )
    return [int(row["id"] or 0) for row in found]


def in_shops(context: Context, alias: str = "main") -> tuple[str, list[int]]:
    """A condition for rows that name their shop: theirs, and those of their groups, be the stock shared or not."""
    parts, values = [], []
    for id_shop in context.shops:
        parts.append(f"({alias}.id_shop = %s OR ({alias}.id_shop = 0 AND {alias}.id_shop_group = %s))")
        values += [id_shop, context.group_of(id_shop)[0]]
    return f"AND ({' OR '.join(parts)})", values


def _of_shop(context: Context, resource: Resource, selection: Selection) -> None:
    if resource.shops == "row":
        where, values = in_shops(context)
        selection.where.append(where)
        selection.values += values
    elif resource.shops == "shop" and f"{resource.table}_shop" in context.columns:
        key = resource.primary
        selection.joins.append(f"LEFT JOIN `{{p}}{resource.table}_shop` AS per_shop ON main.`{key}` = per_shop.`{key}`")
        selection.where.append("AND per_shop.id_shop = %s")
        selection.values.append(context.id_shop)


def _filter(context: Context, request: Request, resource: Resource, selection: Selection) -> None:
    asked = request.parameters.get("filter")
    if not isinstance(asked, dict):
        return
    plain = [name for name in _available(request, resource) if not _is_text(resource, name)]
    for name, value in asked.items():
        if _is_text(resource, name) and value != "":
            _filter_texts(context, resource, name, value, selection)
        elif name not in plain:
            if isinstance(value, dict):
                raise Refusal(400, 31, "There is no existing linked table for this resource")
            raise Refusal(400, 32, did_you_mean("This filter does not exist", name, plain))
        elif value == "" or isinstance(value, dict):
            raise Refusal(400, 33, f'The filter "{name}" is malformed.')
        elif name in DYNAMIC and resource.name == "products":
            text = f'The field "{name}" is dynamic. It is not possible to filter GET query with this field.'
            raise Refusal(400, 34, text)
        else:
            _condition(f"main.`{resource.primary if name == 'id' else name}`", value, selection)


def _filter_texts(context: Context, resource: Resource, name: str, value: Parameter, selection: Selection) -> None:
    key = resource.primary
    join = f"LEFT JOIN `{{p}}{resource.table}_lang` AS texts ON main.`{key}` = texts.`{key}`"
    if join not in selection.joins:
        selection.joins.append(join)
    for one in value.values() if isinstance(value, dict) else [value]:
        _condition(f"texts.`{name}`", str(one), selection)
        selection.where.append(f"AND texts.id_lang IN ({','.join(map(str, context.languages))})")


def _condition(column: str, value: str, selection: Selection) -> None:
    """PrestaShop's small language; what it can't read (a bracket within) filters nothing."""

    def add(operator: str, *values: str) -> None:
        selection.where.append(f"AND {column} {operator}")
        selection.values += values

    found = re.fullmatch(r"(.*)\[(.*)\](.*)", value)
    if not found:
        add("= %s", value)
        return
    before, inside, after = found.groups()
    if before == "%" or after == "%":
        add("LIKE %s", f"{before}{inside}{after}")
    elif before == after == "":
        numbers = RANGE.fullmatch(inside)
        if inside.find("|") > 0:
            words = inside.split("|")
            add(f"IN ({','.join(['%s'] * len(words))})", *words)
        elif numbers:
            low, high = sorted(numbers.groups(), key=_as_php_sorts)
            add("BETWEEN %s AND %s", low, high)
        else:
            add("= %s", inside)
    elif before in ("<", ">"):
        add(f"{before} %s", inside)
    elif before == "!":
        for word in inside.split("|"):
            add("!= %s", word)


def _as_php_sorts(value: str) -> tuple[bool, float, str]:
    try:
        return (False, float(value), "")
    except ValueError:
        return (True, 0.0, value)


def _sort(request: Request, resource: Resource, context: Context, selection: Selection) -> None:
    asked = request.text("sort")
    if asked is None:
        return
    words = []
    for sort in asked.removeprefix("[").removesuffix("]").split(","):
        name, _, direction = sort.rpartition("_")
        if not name or direction.upper() not in ("ASC", "DESC"):
            raise Refusal(
                400, 37, 'The "sort" value has to be formed as this example: "field_ASC" or \'[field_1_DESC,...]\''
            )
        if name not in _available(request, resource):
            names = ", ".join(_available(request, resource))
            raise Refusal(400, 38, f"Unable to filter by this field. However, these are available: {names}")
        column = resource.primary if name == "id" else name
        alias = "per_shop" if column in context.columns.get(f"{resource.table}_shop", ()) else "main"
        if _is_text(resource, name):
            alias = "texts"
            key = resource.primary
            selection.joins.append(f"LEFT JOIN `{{p}}{resource.table}_lang` AS texts ON main.`{key}` = texts.`{key}`")
        elif alias == "per_shop" and not selection.joins:
            alias = "main"
        words.append(f"{alias}.`{column}` {direction}")
    selection.order = ", ".join(words)


def _limit(request: Request, selection: Selection) -> None:
    asked = request.text("limit")
    if asked is None:
        return
    numbers = asked.split(",")
    if len(numbers) > 2:
        raise Refusal(400, 39, 'The "limit" value has to be formed as this example: "5,25" or "10"')
    selection.limit = " LIMIT " + ", ".join(number if number.isdecimal() else "0" for number in numbers)


def _available(request: Request, resource: Resource) -> list[str]:
    """Fields by which one may filter and sort; dates only with `date=1`."""
    names = ["id", *(field.name for field in resource.fields)]
    dated = request.text("date") not in (None, "", "0")
    return [name for name in names if dated or name not in DATES]


def _is_text(resource: Resource, name: str) -> bool:
    found: Field | None = resource.field(name)
    return found is not None and found.lang
