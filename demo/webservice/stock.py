"""What a write of a stock row does besides: the row of a product follows the rows of its combinations."""

from __future__ import annotations

from demo.webservice.context import Context
from demo.webservice.entities import Entity


def refuses_stock(context: Context, entity: Entity) -> bool:
    """Up to 8.x a row that is (as sent) kept by the warehouses is not written."""
    return context.version < (9,) and entity.text("depends_on_stock") == "1"


def after_stock(context: Context, entity: Entity) -> None:
    """Set the quantity of row 0 to the sum of the combinations' rows, making row 0 where there is none."""
    if entity.number("id_product_attribute") == 0:
        return
    id_product = entity.number("id_product")
    scope = context.stock_scope(entity.number("id_shop") or None)
    where = "id_product = %s AND id_shop = %s AND id_shop_group = %s"
    values = [id_product, *scope]
    row = context.rows(
        f"SELECT depends_on_stock, out_of_stock FROM `{{p}}stock_available` WHERE {where} AND id_product_attribute = 0",
        values,
    )
    if row and row[0]["depends_on_stock"] == "1":
        return
    (total,) = context.rows(
        f"SELECT COALESCE(SUM(quantity), 0) AS total FROM `{{p}}stock_available` WHERE {where}"
        " AND id_product_attribute <> 0",
        values,
    )
    if row:
        change = f"UPDATE `{{p}}stock_available` SET quantity = %s WHERE {where} AND id_product_attribute = 0"
        context.run(change, [total["total"], *values])
        return
    context.run(
        "INSERT INTO `{p}stock_available` (id_product, id_shop, id_shop_group, id_product_attribute, quantity,"
        " depends_on_stock, out_of_stock) VALUES (%s, %s, %s, 0, %s, 0, 0)",
        [*values, total["total"]],
    )
