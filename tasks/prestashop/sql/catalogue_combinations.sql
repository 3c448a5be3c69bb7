-- the combinations of what the shop sells; `last_product` ends a limited reading after whole products
SELECT
  pa.id_product, pa.id_product_attribute, pa.reference, pa.ean13, pa.supplier_reference, pas.available_date, sa.quantity
FROM {prefix}product_attribute_shop pas
JOIN {prefix}product_attribute pa ON pa.id_product_attribute = pas.id_product_attribute
LEFT JOIN {prefix}stock_available sa FORCE INDEX ({key:stock_available})
  ON sa.id_product = pa.id_product AND sa.id_product_attribute = pa.id_product_attribute
  AND sa.id_shop = %(stock_shop)s AND sa.id_shop_group = %(stock_group)s
WHERE pas.id_shop = %(id_shop)s AND pa.id_product <= %(last_product)s
