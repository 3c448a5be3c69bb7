-- what is on the shelf is what may be sold and what is ordered already
UPDATE {prefix}stock_available FORCE INDEX (PRIMARY)
SET quantity = %(after)s, physical_quantity = %(after)s + reserved_quantity
WHERE id_stock_available IN %(rows)s AND id_shop = %(stock_shop)s AND id_shop_group = %(stock_group)s
