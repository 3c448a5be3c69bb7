-- the combinations of what the shop sells; `price` is what comes on top of the product's
SELECT
  pa.id_product, pa.id_product_attribute, pa.reference, pa.ean13, pas.available_date, sa.quantity,
  pas.minimal_quantity, pas.price
FROM {prefix}product_attribute pa
JOIN {prefix}product_attribute_shop pas
  ON pas.id_product_attribute = pa.id_product_attribute AND pas.id_shop = %(id_shop)s
LEFT JOIN {prefix}stock_available sa FORCE INDEX ({key:stock_available})
  ON sa.id_product = pa.id_product AND sa.id_product_attribute = pa.id_product_attribute
  AND sa.id_shop = %(stock_shop)s AND sa.id_shop_group = %(stock_group)s
WHERE pa.id_product BETWEEN %(first)s AND %(last)s
