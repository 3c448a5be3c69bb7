-- One row per value: each flag (id_lang NULL) and each text per language, in the order of their keys.
-- On the desk: texts, labels, flags. Leaves: shop_rows.

CREATE TABLE shop_rows AS
WITH texts_and_labels AS (
  FROM texts
  UNION ALL
  FROM labels
),
fields AS (
  SELECT id_product, id_product_attribute, id_lang, 'available_now' AS field, available_now AS value
  FROM texts_and_labels
  UNION ALL
  SELECT id_product, id_product_attribute, id_lang, 'available_later', available_later
  FROM texts_and_labels
  UNION ALL
  SELECT id_product, id_product_attribute, NULL, 'out_of_stock', out_of_stock
  FROM flags
)
SELECT
  id_product::BIGINT AS id_product,
  id_product_attribute::BIGINT AS id_product_attribute,
  id_lang::INTEGER AS id_lang,
  field,
  value
FROM fields
ORDER BY ALL NULLS FIRST;
