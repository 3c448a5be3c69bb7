-- How much of what was available is gone or newly unavailable: over the whole feed, and over linked items.
-- In: new_offers, last_offers (offers.parquet's columns), linked (offer_key). Out: change, one row.

CREATE OR REPLACE TABLE change AS
WITH new_items AS (
    SELECT coalesce(supplier_sku, sku, ean) AS offer_key,
        coalesce(is_available, true) AND coalesce(stock_quantity, 1) > 0 AS is_available
    FROM new_offers
),
last_available AS (
    SELECT coalesce(supplier_sku, sku, ean) AS offer_key
    FROM last_offers
    WHERE coalesce(is_available, true) AND coalesce(stock_quantity, 1) > 0
),
compared AS (
    SELECT last_available.offer_key,
        new_items.offer_key IS NULL AS is_gone,
        new_items.offer_key IS NOT NULL AND NOT new_items.is_available AS is_newly_unavailable,
        last_available.offer_key IN (SELECT offer_key FROM linked WHERE offer_key IS NOT NULL) AS is_linked
    FROM last_available LEFT JOIN new_items USING (offer_key)
)
SELECT
    (SELECT count(*) FROM new_items) AS offers,
    (SELECT count(*) FROM new_items WHERE is_available) AS available,
    count(*) AS last_available,
    count(*) FILTER (is_gone) AS gone,
    count(*) FILTER (is_newly_unavailable) AS newly_unavailable,
    count(*) FILTER (is_linked) AS linked_last_available,
    count(*) FILTER (is_linked AND is_gone) AS linked_gone,
    count(*) FILTER (is_linked AND is_newly_unavailable) AS linked_newly_unavailable
FROM compared;
