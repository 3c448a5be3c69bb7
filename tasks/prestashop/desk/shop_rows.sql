-- One row per value: each flag (id_lang NULL) and each text per language, in the order of their keys.
-- What comes in holds a value once, with all the `product:combination` pairs that have it.

CREATE TABLE shop_rows AS
WITH texts_and_labels AS (
  FROM texts
  UNION ALL
  FROM labels
),
fields AS (
  SELECT items, id_lang, 'available_now' AS field, available_now AS value
  FROM texts_and_labels
  UNION ALL
  SELECT items, id_lang, 'available_later', available_later
  FROM texts_and_labels
  UNION ALL
  SELECT items, NULL, 'out_of_stock', out_of_stock
  FROM flags
),
pairs AS (
  SELECT unnest(string_split(items, ',')) AS pair, id_lang, field, value
  FROM fields
)
SELECT
  split_part(pair, ':', 1)::BIGINT AS id_product,
  split_part(pair, ':', 2)::BIGINT AS id_product_attribute,
  id_lang::INTEGER AS id_lang,
  field,
  value
FROM pairs
ORDER BY ALL NULLS FIRST;
