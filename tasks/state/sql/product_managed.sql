-- Whether a shop's sync looks after a product: a supplier has it (or one of its combinations, or its parent), or had it
-- when we wrote to it. :item is its id in the shop (12, or 12-34).
SELECT 1 AS found FROM integration_product_links s
WHERE s.supplier_availability IS NOT NULL AND s.product_id IN (
  SELECT product_id FROM integration_product_links i
  WHERE i.integration_id = :integration_id
    AND (i.external_product_id = :item OR :item LIKE i.external_product_id || '-%' OR i.external_product_id LIKE :item || '-%')
)
UNION ALL
SELECT 1 FROM shop_written w
WHERE w.integration_id = :integration_id AND (:item = CAST(w.id_product AS TEXT) OR :item LIKE CAST(w.id_product AS TEXT) || '-%')
LIMIT 1
