-- What is written down of changes by others once a sync is through. On the desk: judged, ended (see drift.sql), outcomes.
-- In: $integration_id, $run_id, $now. Leaves: new_edits (rows of shop_edits), over (keys of rows that end now, and why).
CREATE TABLE put_right AS
SELECT j.* FROM judged j SEMI JOIN (FROM outcomes WHERE outcome IN ('written', 'already')) o
  ON o.id_product = j.id_product AND o.id_product_attribute = j.id_product_attribute AND o.field = j.field
 AND coalesce(o.id_lang, 0) = j.id_lang
WHERE j.was = 'repaired';

CREATE TABLE new_edits AS
WITH new AS (
  FROM judged WHERE was IN ('kept', 'contested') AND NOT is_known UNION ALL FROM put_right
)
SELECT $integration_id::BIGINT AS integration_id, id_product, id_product_attribute, id_lang, field, $run_id AS run_id,
       found, ours, wanted, found_at, was, kept_until, CASE WHEN was = 'repaired' THEN $now::TIMESTAMP END AS ended_at
FROM new;

-- What could not be written is not over.
CREATE TABLE over AS
SELECT $integration_id::BIGINT AS integration_id, id_product, id_product_attribute, id_lang, field, run_id,
       $now::TIMESTAMP AS ended_at, found, was, why
FROM ended e
WHERE why IN ('gone', 'replaced', 'not_ours')
   OR EXISTS (FROM put_right p WHERE p.id_product = e.id_product AND p.thing = e.thing);

CREATE TABLE over_keys AS SELECT * EXCLUDE (found, was, why) FROM over;
