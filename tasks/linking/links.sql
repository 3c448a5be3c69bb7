-- What becomes of a supplier's links: the offer's values for those that matched, the absence rule for the rest.
-- On the desk: offers, rejects, links, absences, matched. Leaves: linked (the wanted state of each link looked at),
-- link_changes (long form), new_links, changed_links, absent_now, absences_gone.

CREATE TABLE old_links AS
WITH parsed AS (
  SELECT *, json_extract_string(supplier_availability, ['stock_quantity', 'is_available', 'delivery_days',
      'available_from', 'purchase_price', 'currency', 'available_later', 'supplier_sku', 'contractor_id',
      'last_status_change_at']) AS a
  FROM links
)
SELECT id, product_id, external_product_id, sku, ean, matched_by, is_manual, supplier_availability,
  floor(try_cast(a[1] AS DOUBLE))::BIGINT AS stock_quantity, try_cast(a[2] AS BOOLEAN) AS is_available,
  try_cast(a[3] AS INTEGER) AS delivery_days, try_cast(a[4] AS DATE) AS available_from,
  try_cast(a[5] AS DECIMAL(18, 4)) AS purchase_price, a[6] AS currency, a[7] AS available_later,
  a[8] AS supplier_sku, try_cast(a[9] AS BIGINT) AS contractor_id, a[10] AS last_status_change_at
FROM parsed;

-- A person's link keeps the identity that the person gave it.
CREATE TABLE present AS
SELECT m.product_id, m.method, o.row_number,
  CASE WHEN l.is_manual THEN l.external_product_id ELSE coalesce(o.supplier_sku, o.sku, o.ean) END
    AS external_product_id,
  CASE WHEN l.is_manual THEN l.sku ELSE o.sku END AS sku, CASE WHEN l.is_manual THEN l.ean ELSE o.ean END AS ean,
  CASE WHEN l.product_id IS NOT NULL AND m.method IN ('kept', 'manual') THEN l.matched_by ELSE m.method END
    AS matched_by,
  o.stock_quantity, o.is_available, o.delivery_days, o.available_from, o.purchase_price,
  CASE WHEN o.purchase_price IS NOT NULL THEN o.currency END AS currency, o.available_later, o.supplier_sku
FROM matched m JOIN offers o USING (row_number) LEFT JOIN old_links l USING (product_id)
WHERE ($limit IS NULL OR o.row_number IN (SELECT row_number FROM offers ORDER BY row_number LIMIT $limit))
  AND (NOT $only_new OR l.product_id IS NULL OR list_contains($asked_for::BIGINT[], m.product_id));

-- Missing from the feed, or no longer the same product. A row that is there but unreadable is not missing.
CREATE TABLE missing AS
SELECT l.product_id, a.first_missing_at, coalesce(a.contents, 0) AS contents, a.last_content_hash
FROM old_links l LEFT JOIN absences a USING (product_id)
WHERE l.product_id NOT IN (SELECT product_id FROM matched)
  AND l.supplier_availability IS NOT NULL
  AND coalesce(l.external_product_id, l.sku, l.ean, '') NOT IN (SELECT key FROM rejects WHERE key IS NOT NULL);

CREATE TABLE absent_now AS
SELECT $integration_id::BIGINT AS integration_id, product_id,
       coalesce(first_missing_at, $now::TIMESTAMP) AS first_missing_at,
       CASE WHEN contents < 2 AND last_content_hash IS DISTINCT FROM $content_hash THEN contents + 1 ELSE contents END
         ::INTEGER AS contents,
       CASE WHEN contents < 2 THEN $content_hash ELSE last_content_hash END AS last_content_hash
FROM missing WHERE $counts_absence AND $absence <> 'keep';

CREATE TABLE absences_gone AS
SELECT $integration_id::BIGINT AS integration_id, product_id FROM absences
WHERE $counts_absence AND product_id NOT IN (SELECT product_id FROM absent_now);

CREATE TABLE sold_out AS
SELECT product_id FROM absent_now
WHERE $absence = 'sold_out'
   OR ($absence = 'uncertain' AND contents >= 2 AND first_missing_at <= $now::TIMESTAMP - INTERVAL 6 HOUR);

CREATE TABLE linked AS
WITH wanted AS (
  SELECT product_id, matched_by, external_product_id, sku, ean, stock_quantity, is_available, delivery_days, available_from,
         purchase_price, currency, available_later, supplier_sku, $contractor_id::BIGINT AS contractor_id,
         'in_feed' AS reason_code
  FROM present
  UNION ALL
  SELECT l.product_id, l.matched_by, l.external_product_id, l.sku, l.ean, 0, false, l.delivery_days, l.available_from,
         l.purchase_price, l.currency, l.available_later, l.supplier_sku, l.contractor_id, 'absent_' || $absence
  FROM old_links l JOIN sold_out USING (product_id)
)
SELECT w.*, l.product_id IS NULL AS is_new, l.supplier_availability AS old_json,
       coalesce(w.is_available, true) AND coalesce(w.stock_quantity, 1) > 0 AS is_on,
       CASE WHEN l.product_id IS NOT NULL AND l.supplier_availability IS NOT NULL
            THEN coalesce(l.is_available, true) AND coalesce(l.stock_quantity, 1) > 0 END AS was_on,
       l.last_status_change_at AS old_change_at
FROM wanted w LEFT JOIN old_links l USING (product_id);

CREATE TABLE link_changes AS
WITH pairs AS (
  SELECT w.product_id, w.reason_code, field, before, after FROM linked w LEFT JOIN old_links l USING (product_id),
  LATERAL (VALUES
    ('external_product_id', l.external_product_id, w.external_product_id), ('sku', l.sku, w.sku), ('ean', l.ean, w.ean),
    ('matched_by', l.matched_by, w.matched_by),
    ('stock_quantity', l.stock_quantity::VARCHAR, w.stock_quantity::VARCHAR),
    ('is_available', l.is_available::VARCHAR, w.is_available::VARCHAR),
    ('delivery_days', l.delivery_days::VARCHAR, w.delivery_days::VARCHAR),
    ('available_from', l.available_from::VARCHAR, w.available_from::VARCHAR),
    ('purchase_price', l.purchase_price::VARCHAR, w.purchase_price::VARCHAR),
    ('currency', l.currency, w.currency), ('available_later', l.available_later, w.available_later),
    ('supplier_sku', l.supplier_sku, w.supplier_sku),
    ('contractor_id', l.contractor_id::VARCHAR, w.contractor_id::VARCHAR)
  ) AS fields(field, before, after)
)
SELECT $integration_id::BIGINT AS integration_id, product_id, field, before, after, reason_code
FROM pairs WHERE before IS DISTINCT FROM after;

CREATE TABLE written_links AS
SELECT $integration_id::BIGINT AS integration_id, w.product_id, w.external_product_id, w.sku, w.ean, w.matched_by, w.is_new,
  json_merge_patch(coalesce(w.old_json, '{}')::JSON, json_object(
    'contractor_id', w.contractor_id, 'stock_quantity', w.stock_quantity, 'delivery_days', w.delivery_days,
    'purchase_price', w.purchase_price, 'is_available', w.is_available, 'supplier_sku', w.supplier_sku,
    'available_later', w.available_later, 'available_from', w.available_from, 'currency', w.currency,
    'last_status_change_at', CASE WHEN w.is_on IS DISTINCT FROM w.was_on THEN strftime($now::TIMESTAMP, '%Y-%m-%dT%H:%M:%SZ')
                                  ELSE w.old_change_at END))::VARCHAR AS supplier_availability
FROM linked w
WHERE w.product_id IN (SELECT product_id FROM link_changes) OR w.is_new;

CREATE TABLE new_links AS
SELECT * EXCLUDE (is_new), false AS is_manual FROM written_links WHERE is_new
ORDER BY product_id;

CREATE TABLE changed_links AS
SELECT * EXCLUDE (is_new) FROM written_links WHERE NOT is_new ORDER BY product_id;
