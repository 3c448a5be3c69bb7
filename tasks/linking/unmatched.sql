-- What is new, changed or settled among the offers without a product.
-- On the desk: unmatched (of this feed now), known (what the state database holds). Leaves: unmatched_rows, settled.

CREATE TABLE unmatched_rows AS
SELECT $integration_id::BIGINT AS integration_id, u.offer_key, u.sku, u.ean, u.name, u.cause, u.candidates, u.row_number,
       coalesce(k.first_seen_at, $now::TIMESTAMP) AS first_seen_at,
       CASE WHEN k.offer_key IS NULL OR k.cause <> u.cause THEN $snapshot_id ELSE k.last_snapshot_id END
         AS last_snapshot_id
FROM unmatched u LEFT JOIN known k USING (offer_key)
WHERE k.offer_key IS NULL OR k.cause IS DISTINCT FROM u.cause OR k.candidates IS DISTINCT FROM u.candidates
   OR k.sku IS DISTINCT FROM u.sku OR k.ean IS DISTINCT FROM u.ean OR k.name IS DISTINCT FROM u.name
ORDER BY offer_key;

CREATE TABLE settled AS
SELECT $integration_id::BIGINT AS integration_id, offer_key FROM known
WHERE offer_key NOT IN (SELECT offer_key FROM unmatched) ORDER BY offer_key;
