SELECT id_product, 0 AS id_product_attribute, id_lang, available_now, available_later
FROM {prefix}product_lang FORCE INDEX ({key:product_lang})
WHERE id_product IN %(ids)s AND id_shop = %(id_shop)s AND id_lang IN %(languages)s
