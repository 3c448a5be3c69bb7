-- By which key each linked item stands in the feed. On the desk: items. Leaves: linked_keys.
CREATE TABLE linked_keys AS
SELECT DISTINCT coalesce(external_product_id, sku, ean) AS offer_key FROM items
WHERE coalesce(external_product_id, sku, ean) IS NOT NULL;
