-- What ends once a shop holds again what it held before us. On the desk: changes, outcomes, kept, links (of the shop).
-- In: $integration_id. Leaves: ended (keys of shop_written), staying (product_id): products of which rows are left that
-- stay as they are, so that a rule must not take them for ours.
CREATE TABLE ended AS
SELECT $integration_id::BIGINT AS integration_id, id_product, id_product_attribute, coalesce(id_lang, 0) AS id_lang, field
FROM outcomes WHERE outcome IN ('written', 'already');

CREATE TABLE staying AS
WITH rest AS (
  SELECT id_product FROM kept WHERE reason <> 'row_missing_in_shop'
  UNION
  SELECT id_product FROM outcomes WHERE outcome NOT IN ('written', 'already')
)
SELECT l.product_id FROM rest r JOIN links l ON l.external_product_id = r.id_product::VARCHAR
WHERE l.integration_id = $integration_id ORDER BY l.product_id;
