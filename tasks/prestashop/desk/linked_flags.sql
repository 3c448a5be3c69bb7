-- The flags of a change set beside the shop's links. On the desk: changes, links. Leaves: linked_flags.
CREATE TABLE linked_flags AS
WITH flags AS (
  SELECT id_product, id_product_attribute, after = '1' AS allowed, try_cast(reason_args ->> 'stock' AS BIGINT) AS stock,
         id_product || CASE WHEN id_product_attribute > 0 THEN '-' || id_product_attribute ELSE '' END AS item
  FROM changes WHERE field = 'out_of_stock'
)
SELECT f.id_product, f.id_product_attribute, f.allowed, f.stock, l.product_id, coalesce(l.metadata, '{}')::JSON AS metadata
FROM flags f JOIN links l ON l.integration_id = $integration_id AND l.external_product_id = f.item
ORDER BY f.id_product;
