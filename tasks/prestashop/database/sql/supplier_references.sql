-- by which code a supplier of the shop calls a product or combination
SELECT k.id_product, k.id_product_attribute, k.id_supplier, s.name AS supplier, k.product_supplier_reference AS reference
FROM {prefix}product_supplier k JOIN {prefix}supplier s ON s.id_supplier = k.id_supplier
WHERE k.product_supplier_reference <> '' AND k.id_product BETWEEN %(first)s AND %(last)s
