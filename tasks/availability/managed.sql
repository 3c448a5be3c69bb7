-- Products of a shop that have, or had, a supplier. In: links of all integrations, $integration_id of the shop.
SELECT DISTINCT split_part(i.external_product_id, '-', 1)::BIGINT AS id_product
FROM links i SEMI JOIN (FROM links WHERE supplier_availability IS NOT NULL) s ON s.product_id = i.product_id
WHERE i.integration_id = $integration_id AND regexp_full_match(i.external_product_id, '\d+(-\d+)?')
