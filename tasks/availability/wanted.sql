-- The wanted state, one row for each row and field of the shop.
-- On the desk: item_decisions, decisions, texts (id_lang, kind, ship_on, ship_from, text), written, wanted_quantities.
-- Leaves: wanted; `held` only where that, and not the last written value, is what counts as held.

-- In `quantities` a product whose combinations have suppliers of their own is denied itself: they have pieces instead.
CREATE TABLE spoken AS
SELECT id_product, product_id, 0 AS id_product_attribute, allowed, ship_on,
       CASE WHEN $ranges THEN ship_from ELSE ship_on END AS ship_from, own_text, reason_code,
       $quantities AND own_items > 0 AS by_quantity
FROM decisions
WHERE NOT ($restore AND reason_code = 'no_offer');

-- A combination says its own days where it has its own link; a denied one is not available, nor is any while the
-- product can't be ordered.
CREATE TABLE spoken_combinations AS
SELECT i.id_product, i.product_id, i.id_product_attribute, coalesce(i.allowed, false) AND d.allowed AS allowed,
       i.ship_on, i.ship_on AS ship_from, i.own_text, i.reason_code, d.by_quantity
FROM item_decisions i JOIN spoken d USING (id_product)
WHERE i.id_product_attribute > 0 AND i.has_own AND $combination_labels;

-- Where the shop shows the text beside pieces: of a size that has ours, or of a product all of whose pieces are ours.
CREATE TABLE promised_pieces AS
SELECT row(id_product, id_product_attribute) AS item FROM wanted_quantities
WHERE value > 0 AND id_product_attribute > 0 AND $combination_labels
UNION ALL
SELECT row(id_product, 0) FROM wanted_quantities q
WHERE value > 0 AND id_product_attribute = 0 AND NOT $combination_labels
  AND NOT EXISTS (
    FROM catalogue c WHERE c.id_product = q.id_product AND c.id_product_attribute > 0 AND c.quantity > 0
      AND NOT EXISTS (FROM supplied s WHERE s.id_product = c.id_product AND s.id_product_attribute = c.id_product_attribute));

CREATE TABLE wanted_texts AS
WITH speakers AS (FROM spoken UNION ALL FROM spoken_combinations),
kinds AS (
  SELECT *, CASE WHEN NOT allowed THEN 'unavailable' WHEN ship_on IS NULL THEN 'available'
                 WHEN ship_on <= $today::DATE THEN 'same_day' ELSE 'delivery' END AS kind
  FROM speakers
),
-- where pieces are written, the promise stands beside the pieces, and the other text says that there are none
placed AS (
  SELECT * EXCLUDE (kind), 'available_later' AS field, CASE WHEN by_quantity THEN 'unavailable' ELSE kind END AS kind
  FROM kinds
  UNION ALL
  SELECT * EXCLUDE (kind), 'available_now', kind FROM kinds
  WHERE by_quantity AND allowed AND (id_product, id_product_attribute) IN (FROM promised_pieces)
)
SELECT p.product_id, p.id_product, p.id_product_attribute, t.id_lang, p.field, p.reason_code,
       CASE WHEN p.own_text IS NOT NULL AND p.kind <> 'unavailable' AND t.id_lang = $own_text_lang THEN p.own_text
            ELSE t.text END AS value
FROM placed p JOIN texts t
  ON t.kind = p.kind
 AND t.ship_on IS NOT DISTINCT FROM CASE WHEN p.kind = 'delivery' THEN p.ship_on END
 AND t.ship_from IS NOT DISTINCT FROM CASE WHEN p.kind = 'delivery' THEN p.ship_from END;

CREATE TABLE wanted AS
WITH reasons AS (
  SELECT id_product, json_object('supplier', supplier, 'stock', stock_quantity, 'threshold', threshold, 'days', days)
           ::VARCHAR AS reason_args
  FROM decisions
),
-- as it was before our first write: of what no supplier has any more, if asked; of texts that are not ours to say any more
originals AS (
  SELECT d.product_id, w.id_product, w.id_product_attribute, nullif(w.id_lang, 0) AS id_lang, w.field,
         w.original AS value, d.reason_code
  FROM written w JOIN decisions d USING (id_product)
  WHERE w.value IS DISTINCT FROM w.original  -- else it is put back already, and nobody's but the shop's
    AND (w.field <> 'out_of_stock' OR w.original IN ('0', '1', '2'))
    AND (($restore AND d.reason_code = 'no_offer' AND w.field <> 'quantity')
         OR (w.field IN ('available_now', 'available_later') AND NOT EXISTS (
           FROM wanted_texts t WHERE t.field = w.field AND t.id_product = w.id_product
             AND t.id_product_attribute = w.id_product_attribute AND t.id_lang = w.id_lang)))
),
rows_wanted AS (
  -- row 0 and all combination rows always hold the same flag
  SELECT i.product_id, i.id_product, i.id_product_attribute, NULL::INTEGER AS id_lang, 'out_of_stock' AS field,
         CASE WHEN d.allowed AND NOT d.by_quantity THEN '1' ELSE '0' END AS value, d.reason_code, NULL AS held
  FROM item_decisions i JOIN spoken d USING (id_product)
  UNION ALL
  SELECT product_id, id_product, id_product_attribute, id_lang, field, value, reason_code, NULL FROM wanted_texts
  UNION ALL
  SELECT product_id, id_product, id_product_attribute, id_lang, field, value, reason_code, NULL FROM originals
  UNION ALL
  SELECT product_id, id_product, id_product_attribute, NULL, 'quantity', value::VARCHAR, reason_code, held::VARCHAR
  FROM wanted_quantities
)
SELECT w.product_id, w.id_product, w.id_product_attribute, w.id_lang, w.field, w.value, w.reason_code, r.reason_args,
       w.held
FROM rows_wanted w JOIN reasons r USING (id_product)
-- another block of the shop writes the rows that both share
WHERE CASE WHEN w.field IN ('out_of_stock', 'quantity') THEN NOT $texts_only
           ELSE NOT ($leaves_labels AND w.id_product_attribute > 0) END;
