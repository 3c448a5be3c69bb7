-- The first items that went or came, linked ones first. In: pairs; $new_offers, $last_offers, $most. Out: went.
CREATE TABLE went AS
WITH moved AS (
    SELECT offer_key, is_linked, last_stock_quantity, stock_quantity,
        CASE WHEN NOT is_there THEN 'gone' WHEN is_on THEN 'became available' ELSE 'no longer available' END AS change
    FROM pairs WHERE is_on <> was_on ORDER BY is_linked DESC, offer_key LIMIT $most
),
names AS (
    SELECT coalesce(supplier_sku, sku, ean) AS offer_key, name FROM read_parquet($last_offers)
    UNION ALL
    SELECT coalesce(supplier_sku, sku, ean), name FROM read_parquet($new_offers)
),
named AS (SELECT offer_key, any_value(name) AS name FROM names SEMI JOIN moved USING (offer_key) GROUP BY offer_key)
SELECT offer_key AS item, name, last_stock_quantity AS "stock before", stock_quantity AS "stock now", change,
    is_linked AS linked
FROM moved LEFT JOIN named USING (offer_key);
