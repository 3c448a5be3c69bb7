-- What the answers change: decisions, and the links that they confirm or end.
-- On the desk: wanted (see answers.sql), decided, links; $packs: of a supplier, not of a shop. Leaves: new_decisions, ended_decisions, confirmed_links,
-- ended_links (as they were) and removed_links (their keys), and what matching starts from then: links_after, decided_after.

CREATE TABLE link_keys AS
SELECT *, coalesce(external_product_id, sku, ean) AS offer_key,
       try_cast(json_extract_string(supplier_availability, 'pack_size') AS DECIMAL(18, 4)) AS pack_size
FROM links;

-- Without a word on the pack what is known of it goes on.
CREATE TABLE judged AS
SELECT w.row, w.offer_key, w.product_id, w.judgement, w.sku, w.ean, w.name, w.reason, w.decided_by,
       CASE WHEN w.judgement = 'linked' THEN coalesce(w.pack_size, d.pack_size, l.pack_size) END AS pack_size
FROM wanted w
LEFT JOIN decided d ON d.judgement = 'linked' AND d.offer_key = w.offer_key AND d.product_id = w.product_id
LEFT JOIN link_keys l ON l.offer_key = w.offer_key AND l.product_id = w.product_id;

-- The same again is nothing new, unless the item has other codes since: then it is the new item that was looked at.
CREATE TABLE new_decisions AS
SELECT $run_id || '-' || j.row AS id, $integration_id::BIGINT AS integration_id, j.offer_key, j.product_id, j.judgement,
       j.pack_size, j.sku, j.ean, j.name, j.reason, coalesce(j.decided_by, $decided_by) AS decided_by,
       $now::TIMESTAMP AS decided_at, $run_id AS run_id
FROM judged j
ANTI JOIN decided d ON d.offer_key = j.offer_key AND d.product_id IS NOT DISTINCT FROM j.product_id
  AND d.judgement = j.judgement
  AND (j.judgement = 'refused' OR (d.pack_size IS NOT DISTINCT FROM j.pack_size AND d.sku IS NOT DISTINCT FROM j.sku
                                   AND d.ean IS NOT DISTINCT FROM j.ean))
ORDER BY j.row;

CREATE TABLE ended_decisions AS
WITH contradicted AS (
  SELECT d.id FROM decided d JOIN new_decisions n USING (offer_key)
  WHERE n.judgement = 'linked' AND (d.judgement = 'linked' OR coalesce(d.product_id, n.product_id) = n.product_id)
     OR n.judgement = 'refused' AND d.judgement = 'linked' AND coalesce(n.product_id, d.product_id) = d.product_id
  UNION
  SELECT d.id FROM decided d JOIN new_decisions n USING (product_id)
  WHERE n.judgement = 'linked' AND d.judgement = 'linked'
)
SELECT id, $now::TIMESTAMP AS ended_at FROM contradicted ORDER BY id;

CREATE TABLE ended_links AS
WITH contradicted AS (
  SELECT l.product_id FROM link_keys l JOIN judged j USING (offer_key)
  WHERE j.judgement = 'linked' AND l.product_id <> j.product_id
     OR j.judgement = 'refused' AND coalesce(j.product_id, l.product_id) = l.product_id
        -- a shop's item that was none of ours has a product of its own since: the same answer again leaves it
        AND ($packs OR j.product_id IS NOT NULL OR j.offer_key IN (SELECT offer_key FROM new_decisions WHERE product_id IS NULL))
  UNION
  SELECT l.product_id FROM link_keys l JOIN judged j USING (product_id)
  WHERE j.judgement = 'linked' AND l.offer_key IS DISTINCT FROM j.offer_key
)
SELECT $integration_id::BIGINT AS integration_id, product_id, $now::TIMESTAMP AS ended_at, $run_id AS run_id,
       external_product_id, sku, ean, matched_by, is_manual, metadata, supplier_availability
FROM link_keys JOIN contradicted USING (product_id) ORDER BY product_id;

CREATE TABLE removed_links AS SELECT integration_id, product_id FROM ended_links;

CREATE TABLE confirmed_links AS
SELECT $integration_id::BIGINT AS integration_id, l.product_id, j.offer_key AS external_product_id,
       -- a shop's link gets new codes from the catalogue alone, so that its product follows them
       CASE WHEN $packs THEN j.sku ELSE l.sku END AS sku, CASE WHEN $packs THEN j.ean ELSE l.ean END AS ean,
       'manual' AS matched_by, true AS is_manual,
       CASE WHEN j.pack_size IS NULL THEN l.supplier_availability
            ELSE json_merge_patch(coalesce(l.supplier_availability, '{}')::JSON,
                                  json_object('pack_size', j.pack_size::DOUBLE))::VARCHAR END AS supplier_availability
FROM judged j JOIN link_keys l ON l.offer_key = j.offer_key AND l.product_id = j.product_id
WHERE j.judgement = 'linked' AND NOT EXISTS (FROM ended_links e WHERE e.product_id = l.product_id)
  AND (NOT l.is_manual OR $packs AND (l.sku IS DISTINCT FROM j.sku OR l.ean IS DISTINCT FROM j.ean)
       OR l.pack_size IS DISTINCT FROM j.pack_size)
ORDER BY l.product_id;

CREATE TABLE links_after AS
SELECT l.* REPLACE (
  CASE WHEN c.product_id IS NULL THEN l.external_product_id ELSE c.external_product_id END AS external_product_id,
  CASE WHEN c.product_id IS NULL THEN l.sku ELSE c.sku END AS sku, CASE WHEN c.product_id IS NULL THEN l.ean ELSE c.ean END AS ean,
  coalesce(c.matched_by, l.matched_by) AS matched_by, coalesce(c.is_manual, l.is_manual) AS is_manual,
  coalesce(c.supplier_availability, l.supplier_availability) AS supplier_availability)
FROM links l LEFT JOIN confirmed_links c USING (product_id)
WHERE l.product_id NOT IN (SELECT product_id FROM ended_links);

CREATE TABLE decided_after AS
SELECT offer_key, product_id, judgement, pack_size, sku, ean, name FROM decided ANTI JOIN ended_decisions USING (id)
UNION ALL
SELECT offer_key, product_id, judgement, pack_size, sku, ean, name FROM new_decisions;
