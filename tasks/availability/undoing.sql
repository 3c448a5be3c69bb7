-- What a change set wrote, and what stood there before. On the desk: undone (its changes), outcomes (what came of them; empty
-- after a crash), chosen (id_product; empty: all of them). In: $has_outcomes, $change_set_id. Leaves: earlier.
CREATE TABLE wrote AS
SELECT u.id_product, u.id_product_attribute, coalesce(u.id_lang, 0) AS id_lang, u.field,
       -- pieces below 0 (more were sold than there were) are never written
       CASE WHEN u.field = 'quantity' AND try_cast(u.before AS BIGINT) < 0 THEN '0' ELSE u.before END AS value,
       u.after AS ours,
       'undone' AS reason_code,
       json_merge_patch(coalesce(u.reason_args, '{}'), json_object('undone', $change_set_id))::VARCHAR AS reason_args
FROM undone u
LEFT JOIN outcomes o
  ON o.id_product = u.id_product AND o.id_product_attribute = u.id_product_attribute AND o.field = u.field
 AND coalesce(o.id_lang, 0) = coalesce(u.id_lang, 0)
WHERE u.before IS DISTINCT FROM u.after
  -- a step that was tried again found as `already` what its first attempt had written
  AND (NOT $has_outcomes OR o.outcome IN ('written', 'already'))
  AND (NOT EXISTS (FROM chosen) OR u.id_product IN (FROM chosen));

-- Row 0 holds the sum of the combinations' pieces, whether the change set wrote it or not; change_set.sql knows the sum.
CREATE TABLE earlier AS
SELECT * FROM wrote WHERE field <> 'quantity' OR id_product_attribute > 0
UNION ALL
SELECT id_product, 0, 0, 'quantity', NULL, NULL, any_value(reason_code), any_value(reason_args)
FROM wrote WHERE field = 'quantity' AND id_product_attribute > 0 GROUP BY id_product;

CREATE TABLE earlier_products AS SELECT DISTINCT id_product FROM earlier ORDER BY id_product;
