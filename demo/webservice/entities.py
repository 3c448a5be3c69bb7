"""Entities as PrestaShop's objects hold them: their row, what their shop says otherwise, their texts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from demo.webservice.context import Context, Row
from demo.webservice.fields import Association, Field, Resource

Texts = dict[int, str | None]  # by language
Value = str | None | bool | Texts


@dataclass
class Entity:
    """One row of a resource, with everything that belongs to it."""

    id: int
    values: dict[str, Value] = field(default_factory=dict)
    associated: dict[str, list[Row]] = field(default_factory=dict)

    def text(self, name: str) -> str | None:
        """A plain value."""
        value = self.values.get(name)
        return value if isinstance(value, str) else None

    def number(self, name: str) -> int:
        """A plain value as PHP casts it."""
        value = self.text(name) or ""
        return int(value) if value.lstrip("-").isdecimal() else 0


def load(context: Context, resource: Resource, ids: Sequence[int], associations: Collection[str] = ()) -> list[Entity]:
    """The entities of these ids that exist, in their order."""
    if not ids:
        return []
    marks = ",".join(["%s"] * len(ids))
    key = resource.primary
    rows = context.rows(f"SELECT * FROM `{{p}}{resource.table}` WHERE `{key}` IN ({marks})", ids)
    found = {int(row[key] or 0): row for row in rows}
    per_shop = _per_shop(context, resource, ids, marks)
    texts = _texts(context, resource, ids, marks)
    entities = []
    for one in (id_entity for id_entity in ids if id_entity in found):
        row = {**found[one], **per_shop.get(one, {})}
        values: dict[str, Value] = {name.name: _value(name, row) for name in resource.fields if not name.lang}
        for name in resource.fields:
            if name.lang:
                values[name.name] = {id_lang: line.get(name.name, "") for id_lang, line in texts.get(one, {}).items()}
        entities.append(Entity(one, values))
    if resource.name == "products":
        _dynamic(context, entities)
    for association in resource.associations:
        if association.name in associations:
            _associate(context, resource, association, entities)
    return entities


def _value(field: Field, row: Row) -> Value:
    if field.name in row:
        return row[field.name]
    if not field.own or field.nullable:
        return None
    empty = {"int": "0", "bool": "0", "float": "0.000000", "date": "0000-00-00"}  # columns that the tables here lack
    return empty.get(field.kind, field.choices[0] if field.choices else "")


def _per_shop(context: Context, resource: Resource, ids: Sequence[int], marks: str) -> dict[int, Row]:
    table = f"{resource.table}_shop"
    if resource.shops != "shop" or table not in context.columns:
        return {}
    key = resource.primary
    rows = context.rows(
        f"SELECT * FROM `{{p}}{table}` WHERE `{key}` IN ({marks}) AND id_shop = %s", [*ids, context.id_shop]
    )
    return {int(row[key] or 0): {name: row[name] for name in row if name != key} for row in rows}


def _texts(context: Context, resource: Resource, ids: Sequence[int], marks: str) -> dict[int, dict[int, Row]]:
    if not resource.texts:
        return {}
    key = resource.primary
    only = " AND id_shop = %s" if resource.texts == "per shop" else ""
    rows = context.rows(
        f"SELECT * FROM `{{p}}{resource.table}_lang` WHERE `{key}` IN ({marks}){only}",
        [*ids, *([context.id_shop] if only else [])],
    )
    texts: dict[int, dict[int, Row]] = {}
    for row in rows:
        texts.setdefault(int(row[key] or 0), {})[int(row["id_lang"] or 0)] = row
    return texts


def _dynamic(context: Context, entities: Sequence[Entity]) -> None:
    """What a product works out when it is shown."""
    makers = {
        row["id_manufacturer"]: row["name"]
        for row in context.rows("SELECT id_manufacturer, name FROM `{p}manufacturer` WHERE active = 1")
    }
    for entity in entities:
        entity.values["manufacturer_name"] = makers.get(entity.text("id_manufacturer"), False)
        entity.values["id_default_combination"] = entity.text("cache_default_attribute") or "0"
        kinds = {entity.text("cache_is_pack"): "pack", entity.text("is_virtual"): "virtual"}
        entity.values["type"] = kinds.get("1", "simple")
        entity.values["id_default_image"] = ""
        entity.values["position_in_category"] = ""


def _associate(context: Context, resource: Resource, association: Association, entities: Sequence[Entity]) -> None:
    if not entities:
        return
    marks = ",".join(["%s"] * len(entities))
    values: list[int] = [entity.id for entity in entities]
    match (resource.name, association.name):
        case ("products", "stock_availables"):
            query = (
                "SELECT id_product AS owner, id_stock_available AS id, id_product_attribute FROM `{p}stock_available`"
                f" WHERE id_product IN ({marks}) AND id_shop = %s AND id_shop_group = %s"
            )
            values += context.stock_scope()
        case ("products", "combinations"):
            query = (
                "SELECT a.id_product AS owner, a.id_product_attribute AS id FROM `{p}product_attribute` a"
                " JOIN `{p}product_attribute_shop` s USING (id_product_attribute)"
                f" WHERE a.id_product IN ({marks}) AND s.id_shop = %s"
            )
            values.append(context.id_shop)
        case ("combinations", "product_option_values"):
            query = (
                "SELECT id_product_attribute AS owner, id_attribute AS id FROM `{p}product_attribute_combination`"
                f" WHERE id_product_attribute IN ({marks})"
            )
        case _:
            return
    lines: dict[str | None, list[Row]] = {}
    for row in context.rows(query, values):
        lines.setdefault(row.pop("owner"), []).append(row)
    for entity in entities:
        entity.associated[association.name] = lines.get(str(entity.id), [])
