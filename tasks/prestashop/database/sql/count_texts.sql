SELECT count(*)
FROM {prefix}product_lang FORCE INDEX ({key:product_lang})
WHERE id_product IN %(rows)s AND id_shop = %(id_shop)s AND id_lang = %(id_lang)s
  AND CAST(CONVERT({column} USING utf8mb4) AS BINARY) <=> CAST(%(after)s AS BINARY)
