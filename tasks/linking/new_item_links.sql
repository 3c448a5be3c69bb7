-- The shop's links of the products just made. On the desk: new_items. Leaves: new_item_links.
CREATE TABLE new_item_links AS
SELECT $integration_id::BIGINT AS integration_id, ($ids::BIGINT[])[place] AS product_id,
       external_id AS external_product_id, sku, ean, 'created' AS matched_by, false AS is_manual,
       metadata
FROM new_items ORDER BY place;
