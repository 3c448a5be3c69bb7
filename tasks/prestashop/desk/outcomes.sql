CREATE TABLE outcomes AS
SELECT
  id_product::BIGINT AS id_product,
  id_product_attribute::BIGINT AS id_product_attribute,
  id_lang::INTEGER AS id_lang,
  field,
  outcome,
  found,
  message
FROM raw_outcomes;
