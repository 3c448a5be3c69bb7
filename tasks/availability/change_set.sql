-- The change set: what stands in the shop now (`before`) and what shall (`after`), in the order of writing.
-- On the desk: differing, shop_rows. Leaves: changes, missing_rows.

CREATE TABLE compared AS
WITH chosen AS (
  SELECT * FROM differing WHERE $limit IS NULL
     OR id_product IN (SELECT DISTINCT id_product FROM differing ORDER BY id_product LIMIT $limit)
)
SELECT w.*, s.id_product IS NOT NULL AS in_shop, s.value AS before
FROM chosen w LEFT JOIN shop_rows s
  ON s.id_product = w.id_product AND s.id_product_attribute = w.id_product_attribute AND s.field = w.field
 AND coalesce(s.id_lang, 0) = coalesce(w.id_lang, 0);

CREATE TABLE changes AS
SELECT product_id, id_product, id_product_attribute, id_lang, field, before, value AS after, reason_code, reason_args
FROM compared WHERE in_shop
ORDER BY id_product, id_product_attribute, id_lang NULLS LAST, field;

CREATE TABLE missing_rows AS
SELECT id_product, id_product_attribute, id_lang, field FROM compared WHERE NOT in_shop
ORDER BY id_product, id_product_attribute, id_lang;
