SELECT id_product, id_product_attribute, id_supplier, product_supplier_reference AS reference
FROM {prefix}product_supplier
WHERE product_supplier_reference <> '' AND id_product BETWEEN %(first)s AND %(last)s
