-- What is put back, and what is not. On the desk: judged (earlier values with `held`; `why_kept`: stays as it is; `is_done`:
-- holds the earlier value, and that is recorded; `changed_by`, `reason_code`, `reason_args`), links (of the shop).
-- In: $integration_id. Leaves: differing (like a sync's), kept, done.
CREATE TABLE differing AS
SELECT l.product_id, j.id_product, j.id_product_attribute, nullif(j.id_lang, 0) AS id_lang, j.field, j.value,
       j.reason_code, j.reason_args, j.held
FROM judged j
LEFT JOIN (
  SELECT external_product_id, min(product_id) AS product_id FROM links WHERE integration_id = $integration_id GROUP BY ALL
) l ON l.external_product_id = j.id_product || CASE WHEN j.id_product_attribute > 0 THEN '-' || j.id_product_attribute ELSE '' END
WHERE why_kept IS NULL AND NOT is_done;

CREATE TABLE kept AS
SELECT id_product, id_product_attribute, nullif(id_lang, 0) AS id_lang, field, why_kept AS reason, changed_by, held, value
FROM judged WHERE why_kept IS NOT NULL
ORDER BY ALL;

CREATE TABLE done AS
SELECT DISTINCT id_product FROM judged WHERE why_kept IS NULL AND is_done;
