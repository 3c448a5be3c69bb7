SELECT count(*)
FROM {prefix}product_attribute_lang FORCE INDEX ({key:product_attribute_lang})
WHERE id_product_attribute IN %(rows)s AND id_lang = %(id_lang)s
  AND CAST(CONVERT({column} USING utf8mb4) AS BINARY) <=> CAST(%(after)s AS BINARY)
