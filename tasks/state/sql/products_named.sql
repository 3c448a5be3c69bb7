-- Products that a text names as it stands, by indexes alone (but for SKU and EAN in a `products` without any on them).
WITH named AS (
  SELECT id FROM products WHERE id = :number
  UNION
  SELECT id FROM products WHERE sku = :sku AND :sku IS NOT NULL
  UNION
  SELECT id FROM products WHERE ean = :ean AND :ean IS NOT NULL
  UNION
  SELECT product_id FROM integration_product_links WHERE integration_id = :shop AND external_product_id = :item
)
SELECT p.id AS product_id, p.sku, p.ean, p.name, l.external_product_id AS item
FROM named n JOIN products p ON p.id = n.id
LEFT JOIN integration_product_links l ON l.integration_id = :shop AND l.product_id = p.id
ORDER BY p.id
