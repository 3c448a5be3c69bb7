-- What one change set did to row 0 of products. In: $place, its place in time; $asked: a person asked for it; $changes;
-- $told: its outcomes, or where a crash left none the changes again: any of them may have been written. Adds to: past.
-- Change sets of before there was the column have no `is_first`.
INSERT INTO past
WITH planned AS (
  SELECT NULL::BOOLEAN AS is_first WHERE false
  UNION ALL BY NAME
  SELECT * FROM read_parquet($changes)
),
outcomes AS (
  SELECT NULL::VARCHAR AS outcome WHERE false
  UNION ALL BY NAME
  SELECT * FROM read_parquet($told)
)
SELECT $place, $asked, coalesce(is_first, false), id_product, field, before, after, reason_code, reason_args
FROM planned p
WHERE id_product_attribute = 0 AND field IN ('out_of_stock', 'quantity')
  AND EXISTS (
    FROM outcomes o WHERE o.id_product = p.id_product AND o.id_product_attribute = 0 AND o.field = p.field
      -- a step that was tried again finds what it wrote itself
      AND coalesce(o.outcome, 'written') IN ('written', 'already'));
