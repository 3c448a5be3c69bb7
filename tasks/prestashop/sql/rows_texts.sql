-- one row per language and pair of texts, with the products that hold it; told apart byte by byte
SELECT group_concat(id_product, ':0'), id_lang, available_now, available_later
FROM {prefix}product_lang FORCE INDEX ({key:product_lang})
WHERE id_product IN %(ids)s AND id_shop = %(id_shop)s AND id_lang IN %(languages)s
GROUP BY id_lang, CAST(CONVERT(available_now USING utf8mb4) AS BINARY), CAST(CONVERT(available_later USING utf8mb4) AS BINARY)
