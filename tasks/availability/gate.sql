-- Which products can be ordered that could not 24 hours ago, and the other way round, once a change set is written.
-- On the desk: changes (the change set), past (what was written to the shop in the 24 hours before it, in its order:
-- `place`; see gate_past.sql). Leaves: switched (`here`: this change set does it; else one before it did).

-- By the flag of row 0; a product whose sizes are sold by their pieces has the flag 0, and their sum in row 0. The flag 2
-- leaves it to the shop, which is neither on nor off.
CREATE OR REPLACE MACRO is_on(flag, pieces) AS
  CASE WHEN flag = '1' OR try_cast(pieces AS BIGINT) > 0 THEN true WHEN flag = '0' OR pieces IS NOT NULL THEN false END;

CREATE TABLE steps AS
WITH lines AS (
  SELECT place, asked, is_first, id_product, field, before, after, reason_code, reason_args FROM past
  UNION ALL
  SELECT $place, false, is_first, id_product, field, before, after, reason_code, reason_args FROM changes
  WHERE id_product_attribute = 0 AND field IN ('out_of_stock', 'quantity')
)
SELECT place, id_product,
       -- what a person asked for, and a product's first write ever, is no reason to doubt a feed
       bool_or(asked OR coalesce(is_first, false)) AS expected,
       is_on(max(before) FILTER (field = 'out_of_stock'), max(before) FILTER (field = 'quantity')) AS was_on,
       is_on(max(after) FILTER (field = 'out_of_stock'), max(after) FILTER (field = 'quantity')) AS is_on,
       min(reason_code) AS reason_code, min(reason_args) AS reason_args
FROM lines GROUP BY place, id_product;

CREATE TABLE switched AS
WITH ends AS (
  SELECT id_product,
         first(was_on ORDER BY place) FILTER (NOT expected) AS was_on,
         last(is_on ORDER BY place) AS is_on,
         coalesce(bool_or(was_on <> is_on) FILTER (place = $place AND NOT expected), false) AS here,
         last(reason_code ORDER BY place) AS reason_code,
         last(reason_args ORDER BY place) ->> 'supplier' AS supplier
  FROM steps GROUP BY id_product
)
SELECT id_product, is_on, here, reason_code, supplier FROM ends WHERE was_on <> is_on;
