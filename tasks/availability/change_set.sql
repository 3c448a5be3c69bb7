-- The change set: what stands in the shop now (`before`) and what shall (`after`), in the order of writing.
-- On the desk: differing, shop_rows, written. Leaves: changes, missing_rows, had_own (products with a text or flag of
-- their own before our first write).

-- Own pieces that came since the catalogue was read are never written over.
CREATE TABLE planned AS
SELECT d.* EXCLUDE (held) FROM differing d LEFT JOIN shop_rows s
  ON d.field = 'quantity' AND s.field = 'quantity' AND s.id_product = d.id_product
 AND s.id_product_attribute = d.id_product_attribute AND d.id_product_attribute > 0
WHERE s.value IS NULL OR s.value::BIGINT <= greatest(d.held::BIGINT, 0);

-- Row 0 holds the sum, of the pieces as they are now: a customer may have taken one since the catalogue was read.
CREATE TABLE sums AS
SELECT s.id_product, least(sum(coalesce(d.value, s.value)::BIGINT), 2147483647)::VARCHAR AS pieces
FROM shop_rows s LEFT JOIN planned d
  ON d.id_product = s.id_product AND d.id_product_attribute = s.id_product_attribute AND d.field = 'quantity'
WHERE s.field = 'quantity' AND s.id_product_attribute > 0
GROUP BY s.id_product;

CREATE TABLE compared AS
SELECT w.* REPLACE (CASE WHEN w.field = 'quantity' AND w.id_product_attribute = 0 THEN p.pieces ELSE w.value END AS value),
       s.id_product IS NOT NULL AS in_shop, s.value AS before
FROM planned w LEFT JOIN shop_rows s
  ON s.id_product = w.id_product AND s.id_product_attribute = w.id_product_attribute AND s.field = w.field
 AND coalesce(s.id_lang, 0) = coalesce(w.id_lang, 0)
LEFT JOIN sums p ON p.id_product = w.id_product;

-- PrestaShop gives a new product the flag 2 (as the shop's default says) and no text: anything else somebody chose.
CREATE TABLE had_own AS
SELECT id_product, any_value(product_id) AS product_id,
       max(before) FILTER (field = 'out_of_stock' AND id_product_attribute = 0) AS flag,
       max(before) FILTER (field <> 'out_of_stock' AND before <> '') AS text
FROM compared
WHERE in_shop AND field <> 'quantity'
  -- after a crash what we wrote may stand there without a record
  AND (NOT $unfinished OR before IS DISTINCT FROM value)
  AND CASE WHEN field = 'out_of_stock' THEN before <> '2' ELSE before <> '' END
  AND id_product NOT IN (SELECT id_product FROM written)
GROUP BY id_product;

CREATE TABLE writable AS
SELECT * FROM compared
WHERE in_shop AND NOT ($respect_existing AND id_product IN (SELECT id_product FROM had_own))
  -- a sum with which rows of other shops agree, that we don't know of
  AND NOT (field = 'quantity' AND id_product_attribute = 0 AND before IS NOT DISTINCT FROM value);

CREATE TABLE changes AS
SELECT product_id, id_product, id_product_attribute, id_lang, field, before, value AS after, reason_code, reason_args
FROM writable
WHERE $limit IS NULL OR id_product IN (SELECT DISTINCT id_product FROM writable ORDER BY id_product LIMIT $limit)
ORDER BY id_product, id_product_attribute, id_lang NULLS LAST, field;

CREATE TABLE missing_rows AS
SELECT id_product, id_product_attribute, id_lang, field FROM compared WHERE NOT in_shop
ORDER BY id_product, id_product_attribute, id_lang;
