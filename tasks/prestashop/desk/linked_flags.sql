-- What a change set says about orders of each item, beside the shop's links: by its flag, or by its quantity where that is
-- written. On the desk: changes, links. Leaves: linked_flags.
CREATE TABLE linked_flags AS
WITH flags AS (
  SELECT id_product, id_product_attribute, field,
         CASE field WHEN 'quantity' THEN after::BIGINT > 0 ELSE after = '1' END AS allowed,
         try_cast(reason_args ->> 'stock' AS BIGINT) AS stock,
         id_product || CASE WHEN id_product_attribute > 0 THEN '-' || id_product_attribute ELSE '' END AS item
  FROM changes c
  WHERE field = 'quantity' OR field = 'out_of_stock' AND NOT EXISTS (
    FROM changes q
    WHERE q.field = 'quantity' AND q.id_product = c.id_product AND q.id_product_attribute = c.id_product_attribute
  )
)
SELECT f.id_product, f.id_product_attribute, f.field, f.allowed, f.stock, l.product_id,
       coalesce(l.metadata, '{}')::JSON AS metadata
FROM flags f JOIN links l ON l.integration_id = $integration_id AND l.external_product_id = f.item
ORDER BY f.id_product;
