UPDATE {prefix}stock_available FORCE INDEX (PRIMARY)
SET {column} = %(after)s
WHERE id_stock_available IN %(rows)s AND id_shop = %(stock_shop)s AND id_shop_group = %(stock_group)s
