-- A product's stock row and that of the size that is bought, as PrestaShop takes them when an order is placed.
SELECT id_stock_available, quantity FROM ps_stock_available
WHERE id_product = %(id_product)s AND id_product_attribute IN (0, %(id_product_attribute)s)
  AND id_shop = 1 AND id_shop_group = 0
ORDER BY id_product_attribute FOR UPDATE
