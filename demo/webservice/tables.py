"""An entity into its tables: its own, that of its shops, that of its languages."""

from __future__ import annotations

from demo.webservice.context import Context
from demo.webservice.entities import Entity
from demo.webservice.fields import Field, Resource
from demo.webservice.rules import stored

Columns = dict[str, str | int | float | None]


def update(context: Context, resource: Resource, entity: Entity, only: frozenset[str] | None) -> None:
    """Write the whole entity; with `only` (PATCH since 9.0) just these of its fields per shop and language.

    The fields of its own table are always all written, with what was read just before.
    """
    table, key = resource.table, resource.primary
    plain = [field for field in resource.fields if field.own and not field.lang]
    per_shop = [field for field in plain if field.place in ("shop", "both")]

    def chosen(fields: list[Field]) -> list[Field]:
        return [field for field in fields if only is None or field.place == "both" or field.name in only]

    own = [field for field in plain if field.place in ("table", "both")] + chosen(per_shop)
    _set(context, table, {key: entity.id}, _values(own, entity))
    if resource.shops == "shop" and f"{table}_shop" in context.columns:
        for id_shop in context.shops:
            where = {key: entity.id, "id_shop": id_shop}
            _put(context, f"{table}_shop", where, _values(chosen(per_shop), entity), _values(per_shop, entity))
    if resource.texts:
        _write_texts(context, resource, entity, only)


def _write_texts(context: Context, resource: Resource, entity: Entity, only: frozenset[str] | None) -> None:
    """All languages of the shop are written, also the inactive ones, which nobody was shown."""
    fields = [field for field in resource.fields if field.lang and (only is None or field.name in only)]
    for row in context.rows("SELECT id_lang FROM `{p}lang`"):
        id_lang = int(row["id_lang"] or 0)
        values: Columns = {
            field.name: stored(field, _text(entity, field, id_lang, context.default_language)) for field in fields
        }
        where = {resource.primary: entity.id, "id_lang": id_lang}
        for id_shop in context.shops if resource.texts == "per shop" else (None,):
            whole = where if id_shop is None else {**where, "id_shop": id_shop}
            _put(context, f"{resource.table}_lang", whole, values, values)


def _text(entity: Entity, field: Field, id_lang: int, default: int) -> str | None:
    value = entity.values[field.name]
    if not isinstance(value, dict):
        return value if isinstance(value, str) else ""
    return value.get(id_lang) or (value.get(default) if field.required else "")


def _values(fields: list[Field], entity: Entity) -> Columns:
    return {field.name: stored(field, entity.text(field.name)) for field in fields}


def _put(context: Context, table: str, where: dict[str, int], changed: Columns, whole: Columns) -> None:
    """Change a row, or make it where there is none."""
    condition = " AND ".join(f"`{name}` = %s" for name in where)
    if context.rows(f"SELECT 1 FROM `{{p}}{table}` WHERE {condition}", list(where.values())):
        _set(context, table, where, changed)
        return
    kept = {name: value for name, value in {**whole, **where}.items() if name in context.columns[table]}
    names = ", ".join(f"`{name}`" for name in kept)
    marks = ", ".join(["%s"] * len(kept))
    context.run(f"INSERT INTO `{{p}}{table}` ({names}) VALUES ({marks})", list(kept.values()))


def _set(context: Context, table: str, where: dict[str, int], columns: Columns) -> None:
    kept = {name: value for name, value in columns.items() if name in context.columns[table] and name not in where}
    if kept:
        changes = ", ".join(f"`{name}` = %s" for name in kept)
        condition = " AND ".join(f"`{name}` = %s" for name in where)
        context.run(f"UPDATE `{{p}}{table}` SET {changes} WHERE {condition}", [*kept.values(), *where.values()])
