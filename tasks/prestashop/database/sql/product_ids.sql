-- ids of what the shop sells, as one list
SELECT group_concat(id_product ORDER BY id_product)
FROM (
  SELECT id_product
  FROM {prefix}product_shop
  WHERE id_shop = %(id_shop)s AND id_product > %(after)s
  ORDER BY id_product
  LIMIT %(limit)s
) AS sold
