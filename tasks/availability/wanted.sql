-- The wanted state, one row for each row and field of the shop.
-- On the desk: item_decisions, decisions, texts (id_lang, kind, days, text). Leaves: wanted, products.

CREATE TABLE spoken AS
SELECT id_product, allowed,
       CASE WHEN NOT allowed THEN 'unavailable' WHEN days IS NULL THEN 'available' WHEN days = 0 THEN 'same_day'
            ELSE 'delivery' END AS kind,
       CASE WHEN allowed AND days > 0 THEN days ELSE 0 END AS text_days
FROM decisions;

-- A combination says its own days where it has its own link; a denied one is not available, nor is any while the
-- product can't be ordered.
CREATE TABLE spoken_combinations AS
SELECT i.id_product, i.id_product_attribute, i.product_id, i.reason_code,
       coalesce(i.allowed, false) AND d.allowed AS allowed,
       CASE WHEN NOT (coalesce(i.allowed, false) AND d.allowed) THEN 'unavailable' WHEN i.days IS NULL THEN 'available'
            WHEN i.days = 0 THEN 'same_day' ELSE 'delivery' END AS kind,
       CASE WHEN coalesce(i.allowed, false) AND d.allowed AND i.days > 0 THEN i.days ELSE 0 END AS text_days
FROM item_decisions i JOIN decisions d USING (id_product)
WHERE i.id_product_attribute > 0 AND i.has_own AND $combination_labels;

CREATE TABLE wanted AS
WITH reasons AS (
  SELECT id_product, reason_code, json_object('supplier', supplier, 'stock', stock_quantity,
           'threshold', $min_stock_threshold, 'days', days)::VARCHAR AS reason_args
  FROM decisions
)
-- row 0 and all combination rows always hold the same flag
SELECT i.product_id, i.id_product, i.id_product_attribute, NULL::INTEGER AS id_lang, 'out_of_stock' AS field,
       CASE WHEN d.allowed THEN '1' ELSE '0' END AS value, r.reason_code, r.reason_args
FROM item_decisions i JOIN decisions d USING (id_product) JOIN reasons r USING (id_product)
UNION ALL
SELECT d.product_id, s.id_product, 0, t.id_lang, 'available_later', t.text, r.reason_code, r.reason_args
FROM spoken s JOIN decisions d USING (id_product) JOIN reasons r USING (id_product)
  JOIN texts t ON t.kind = s.kind AND t.days = s.text_days
UNION ALL
SELECT c.product_id, c.id_product, c.id_product_attribute, t.id_lang, 'available_later', t.text, c.reason_code,
       r.reason_args
FROM spoken_combinations c JOIN reasons r USING (id_product)
  JOIN texts t ON t.kind = c.kind AND t.days = c.text_days;
