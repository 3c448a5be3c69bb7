-- one row per value, with the rows that hold it: product, combination, stock row
SELECT 0, {column}, group_concat(id_product, ':', id_product_attribute, ':', id_stock_available)
FROM {prefix}stock_available FORCE INDEX ({key:stock_available})
WHERE id_product IN %(ids)s AND id_shop = %(stock_shop)s AND id_shop_group = %(stock_group)s
GROUP BY {column}
