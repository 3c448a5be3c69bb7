-- one row per language and value, with the products that hold it; told apart byte by byte, not by the collation
SELECT id_lang, {column}, group_concat(id_product)
FROM {prefix}product_lang FORCE INDEX ({key:product_lang})
WHERE id_product IN %(ids)s AND id_shop = %(id_shop)s AND id_lang IN %(languages)s
GROUP BY id_lang, CAST(CONVERT({column} USING utf8mb4) AS BINARY)
