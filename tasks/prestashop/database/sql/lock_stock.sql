-- the stock rows of some products, locked in the order of their key
SELECT count(*)
FROM {prefix}stock_available FORCE INDEX ({key:stock_available})
WHERE id_product IN %(ids)s AND id_shop = %(stock_shop)s AND id_shop_group = %(stock_group)s
