-- One row per value: each flag (id_lang NULL) and each text per language, in the order of their keys.
-- On the desk: texts, labels, flags. Leaves: shop_rows.

CREATE TABLE shop_rows AS
WITH fields AS (
  SELECT id_product, id_product_attribute, id_lang, 'available_later' AS field, available_later AS value
  FROM (FROM texts UNION ALL FROM labels)
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
