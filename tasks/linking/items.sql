-- A shop's items, products and combinations, and by what they are known. On the desk: catalogue; $limit: the first products.
-- Leaves: items, identities.

CREATE TABLE items AS
SELECT c.*, p.reference AS parent_reference,
       c.id_product || CASE WHEN c.id_product_attribute > 0 THEN '-' || c.id_product_attribute ELSE '' END AS external_id
FROM catalogue c LEFT JOIN catalogue p ON p.id_product = c.id_product AND p.id_product_attribute = 0
WHERE $limit IS NULL OR c.id_product IN (
  SELECT DISTINCT id_product FROM catalogue ORDER BY id_product LIMIT $limit
);

-- A combination's SKU is its own reference, NULL where it repeats its product's.
CREATE TABLE identities AS
SELECT external_id, id_product, id_product_attribute, name, supplier_references,
       nullif(trim(ean13), '') AS ean,
       CASE WHEN id_product_attribute > 0 AND sku_key(reference) IS NOT DISTINCT FROM sku_key(parent_reference) THEN NULL
            ELSE nullif(trim(reference), '') END AS sku
FROM items;
