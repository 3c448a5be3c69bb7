UPDATE {prefix}product_lang FORCE INDEX ({key:product_lang})
SET {column} = %(after)s
WHERE id_product IN %(rows)s AND id_shop = %(id_shop)s AND id_lang = %(id_lang)s
