UPDATE {prefix}product_attribute_lang FORCE INDEX ({key:product_attribute_lang})
SET {column} = %(after)s
WHERE id_product_attribute IN %(rows)s AND id_lang = %(id_lang)s
