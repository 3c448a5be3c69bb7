SELECT id_product
FROM {prefix}product_shop
WHERE id_shop = %(id_shop)s
ORDER BY id_product
