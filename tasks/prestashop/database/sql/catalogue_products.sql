-- what the shop sells, one row a product; stock from the shop's own scope only. Columns that nobody asks for cost nothing
SELECT
  ps.id_product, p.reference, p.ean13, pl.name, ps.active, p.is_virtual,
  p.cache_is_pack AS is_pack, ps.available_date, sa.depends_on_stock, sa.quantity,
  ps.minimal_quantity, ps.available_for_order, ps.visibility, ps.price, p.id_manufacturer
FROM {prefix}product_shop ps
JOIN {prefix}product p ON p.id_product = ps.id_product
LEFT JOIN {prefix}product_lang pl
  ON pl.id_product = ps.id_product AND pl.id_shop = ps.id_shop AND pl.id_lang = %(id_lang)s
LEFT JOIN {prefix}stock_available sa FORCE INDEX ({key:stock_available})
  ON sa.id_product = ps.id_product AND sa.id_product_attribute = 0
  AND sa.id_shop = %(stock_shop)s AND sa.id_shop_group = %(stock_group)s
WHERE ps.id_shop = %(id_shop)s AND ps.id_product BETWEEN %(first)s AND %(last)s
