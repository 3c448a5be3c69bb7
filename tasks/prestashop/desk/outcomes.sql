-- What came of each change. On the desk: changes; told, what came of those that did not come out as planned (texts).
-- Leaves: outcomes.
CREATE TABLE outcomes AS
SELECT c.id_product, c.id_product_attribute, c.id_lang, c.field,
       coalesce(t.outcome, CASE WHEN c.before IS DISTINCT FROM c.after THEN 'written' ELSE 'already' END) AS outcome,
       t.found, t.message
FROM changes c
LEFT JOIN told t
  ON t.id_product::BIGINT = c.id_product AND t.id_product_attribute::BIGINT = c.id_product_attribute
 AND t.id_lang::INTEGER IS NOT DISTINCT FROM c.id_lang AND t.field = c.field;
