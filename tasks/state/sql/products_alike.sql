-- Products whose SKU or EAN may be the same in another spelling: once through the table, more than will fit at last.
WITH alike AS (
  SELECT id, sku, ean, name FROM products
  WHERE upper(trim(sku)) LIKE upper(:pattern) OR trim(ean) IN (:gtin_8, :gtin_12, :gtin_13, :gtin_14)
)
SELECT p.id AS product_id, p.sku, p.ean, p.name, l.external_product_id AS item
FROM alike p LEFT JOIN integration_product_links l ON l.integration_id = :shop AND l.product_id = p.id
ORDER BY p.id
