-- stock rows of products in the shop's scope, and in any other
SELECT
  coalesce(sum(id_shop = %(stock_shop)s AND id_shop_group = %(stock_group)s), 0),
  coalesce(sum(id_shop <> %(stock_shop)s OR id_shop_group <> %(stock_group)s), 0)
FROM {prefix}stock_available
WHERE id_product_attribute = 0
