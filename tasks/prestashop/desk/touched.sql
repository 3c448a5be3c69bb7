-- Which products a change set wrote, and what became of each. On the desk: changes, outcomes. Leaves: touched (id_product, became), in the order of their ids.
CREATE TABLE touched AS
WITH written AS (
  -- `already` beside another value of the plan: a step that was tried again met what its first attempt wrote
  SELECT c.id_product, c.id_product_attribute, c.field, c.after
  FROM changes c
  JOIN outcomes o
    ON o.id_product = c.id_product AND o.id_product_attribute = c.id_product_attribute
   AND o.id_lang IS NOT DISTINCT FROM c.id_lang AND o.field = c.field
  WHERE c.before IS DISTINCT FROM c.after AND o.outcome IN ('written', 'already')
)
SELECT id_product,
       CASE WHEN bool_or(field = 'out_of_stock' AND id_product_attribute = 0 AND after = '1') THEN 'on'
            WHEN bool_or(field = 'out_of_stock' AND id_product_attribute = 0 AND after = '0') THEN 'off'
            WHEN bool_and(field NOT IN ('out_of_stock', 'quantity')) THEN 'text_only'
            ELSE 'other' END AS became
FROM written
GROUP BY id_product
ORDER BY id_product;
