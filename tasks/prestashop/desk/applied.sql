-- One result a product: the worst of its rows. On the desk: outcomes. Leaves: applied.
CREATE TABLE applied AS
WITH results AS (
  SELECT id_product, CASE WHEN bool_or(outcome = 'failed') THEN 'failed' WHEN bool_or(outcome = 'left') THEN 'left'
                          ELSE 'written' END AS result
  FROM outcomes GROUP BY id_product
)
SELECT result, count(*) AS products FROM results GROUP BY result;
