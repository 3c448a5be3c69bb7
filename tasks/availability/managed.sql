-- Products of a shop that have, or had, a supplier. In: links of all integrations, $integration_id of the shop.
WITH named AS (
  SELECT try_cast(split_part(i.external_product_id, '-', 1) AS BIGINT) AS id_product
  FROM links i SEMI JOIN (FROM links WHERE supplier_availability IS NOT NULL) s ON s.product_id = i.product_id
  WHERE i.integration_id = $integration_id
)
SELECT DISTINCT id_product FROM named WHERE id_product IS NOT NULL
