-- one row per language and value, with the combinations that hold it
SELECT id_lang, {column}, group_concat(id_product_attribute)
FROM {prefix}product_attribute_lang FORCE INDEX ({key:product_attribute_lang})
WHERE id_product_attribute IN %(ids)s AND id_lang IN %(languages)s
GROUP BY id_lang, CAST(CONVERT({column} USING utf8mb4) AS BINARY)
