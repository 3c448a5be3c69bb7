-- One row per value: what each stock row says (id_lang NULL) and each text per language, in the order of their keys.
-- On the desk: texts, labels, stock. Leaves: shop_rows.

CREATE TABLE shop_rows AS
WITH all_texts AS (
  FROM texts UNION ALL FROM labels
),
fields AS (
  SELECT id_product, id_product_attribute, id_lang, 'available_now' AS field, available_now AS value FROM all_texts
  UNION ALL
  SELECT id_product, id_product_attribute, id_lang, 'available_later', available_later FROM all_texts
  UNION ALL
  SELECT id_product, id_product_attribute, NULL, 'quantity', quantity FROM stock
  UNION ALL
  SELECT id_product, id_product_attribute, NULL, 'out_of_stock', out_of_stock FROM stock
)
SELECT
  id_product::BIGINT AS id_product,
  id_product_attribute::BIGINT AS id_product_attribute,
  id_lang::INTEGER AS id_lang,
  field,
  value
FROM fields
WHERE list_contains($fields, field)
ORDER BY ALL NULLS FIRST;
