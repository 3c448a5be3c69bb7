-- Links that a change of the catalogue or of the feed has put in doubt. None is moved: they keep what they last held, or go
-- on as they are where no rule contradicts them, until a person decides. Where the item is surely another one (`is_let_go`)
-- the one that was linked is missing from the feed.
-- On the desk: links, and what match.sql leaves. Leaves: stale_links.
--   product_deleted     our product is gone
--   ean_moved           the EAN by which the item was known belongs to another product now
--   code_reused         the supplier's code stands for an item with other codes now
--   several_candidates  the item's codes are no longer clear
CREATE TABLE stale_links AS
WITH suspects AS (
  SELECT l.product_id, coalesce(l.external_product_id, l.sku, l.ean) AS offer_key, sku_key(l.sku) AS sku_key,
         gtin_key(l.ean) AS gtin, l.is_manual, m.method, p.product_id IS NULL AS is_deleted, p.gtin AS product_gtin
  FROM links l LEFT JOIN matched m USING (product_id) LEFT JOIN product_keys p USING (product_id)
  WHERE l.supplier_availability IS NOT NULL AND (m.method IS NULL OR m.method IN ('kept', 'manual'))
),
seen AS (
  SELECT s.*, o.row_number,
         codes_agree(sku_key(o.sku), o.any_gtin, s.sku_key, s.gtin) AS agrees,
         codes_differ(sku_key(o.sku), o.any_gtin, s.sku_key, s.gtin) AS differs
  FROM suspects s LEFT JOIN offer_keys o USING (offer_key)
),
judged AS (
  SELECT product_id, offer_key,
    CASE
      WHEN is_deleted THEN 'product_deleted'
      WHEN row_number IS NULL THEN NULL
      -- a person may have linked an item against its EAN
      WHEN NOT is_manual AND gtin IS DISTINCT FROM product_gtin AND gtin IN (SELECT gtin FROM product_keys) THEN 'ean_moved'
      WHEN differs AND NOT agrees THEN 'code_reused'
      WHEN method IS NULL THEN 'several_candidates'
    END AS kind
  FROM seen
)
SELECT product_id, offer_key, kind, kind = 'code_reused' AND product_id IN (FROM let_go) AS is_let_go
FROM judged WHERE kind IS NOT NULL ORDER BY product_id;
