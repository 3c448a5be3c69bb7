-- texts of combinations; the table knows no shop, so the shop's own combinations are asked for
SELECT pa.id_product, pal.id_product_attribute, pal.id_lang, pal.available_now, pal.available_later
FROM {prefix}product_attribute pa
JOIN {prefix}product_attribute_shop pas
  ON pas.id_product_attribute = pa.id_product_attribute AND pas.id_shop = %(id_shop)s
JOIN {prefix}product_attribute_lang pal FORCE INDEX ({key:product_attribute_lang})
  ON pal.id_product_attribute = pa.id_product_attribute
WHERE pa.id_product IN %(ids)s AND pal.id_lang IN %(languages)s
