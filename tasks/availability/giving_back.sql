-- What of a shop is put back as it was before our first write, and what is left as it is.
-- On the desk: written (shop_written of this shop), unfinished (changes of change sets that a crash cut short, by their
-- place in time), chosen (id_product), shop_rows (what the shop holds), links (of the shop); $text_rows, $flag_rows,
-- $label_rows: another block that writes these rows, or NULL. Leaves: differing (like a sync's), kept.

-- A change set that was cut short may stand in the shop without a record: then it knows what stood there before.
CREATE TABLE unrecorded AS
SELECT id_product, id_product_attribute, coalesce(id_lang, 0) AS id_lang, field, first(before ORDER BY place) AS original
FROM unfinished u
WHERE NOT EXISTS (
  FROM written w WHERE w.id_product = u.id_product AND w.id_product_attribute = u.id_product_attribute
    AND w.id_lang = coalesce(u.id_lang, 0) AND w.field = u.field)
GROUP BY ALL;

CREATE TABLE ours AS
SELECT id_product, id_product_attribute, id_lang, field, original FROM written SEMI JOIN chosen USING (id_product)
UNION ALL
SELECT id_product, id_product_attribute, id_lang, field, original FROM unrecorded SEMI JOIN chosen USING (id_product);

CREATE TABLE our_values AS
SELECT id_product, id_product_attribute, id_lang, field, value FROM written WHERE written_at IS NOT NULL
UNION
SELECT id_product, id_product_attribute, coalesce(id_lang, 0), field, after FROM unfinished;

CREATE TABLE judged AS
WITH beside AS (
  SELECT o.*, s.id_product IS NOT NULL AS in_shop, s.value AS held,
         CASE WHEN o.field IN ('out_of_stock', 'quantity') THEN $flag_rows
              WHEN o.id_product_attribute = 0 THEN $text_rows ELSE $label_rows END AS other_block
  FROM ours o LEFT JOIN shop_rows s
    ON s.id_product = o.id_product AND s.id_product_attribute = o.id_product_attribute AND s.field = o.field
   AND coalesce(s.id_lang, 0) = o.id_lang
)
SELECT *,
  CASE WHEN NOT in_shop THEN 'row_missing_in_shop'
       WHEN other_block IS NOT NULL THEN 'written_by_another_block'
       WHEN held IS NOT DISTINCT FROM original THEN NULL
       -- flags and quantities are never NULL in a shop (a text may be)
       WHEN original IS NULL AND id_lang = 0 THEN 'original_unknown'
       -- row 0 follows the combinations; of those customers only take away, and what is more is own stock
       WHEN field = 'quantity' AND id_product_attribute = 0 THEN NULL
       WHEN field = 'quantity' AND held::BIGINT <= (
         SELECT max(value::BIGINT) FROM our_values v WHERE v.id_product = beside.id_product
           AND v.id_product_attribute = beside.id_product_attribute AND v.field = 'quantity') THEN NULL
       WHEN field = 'out_of_stock' AND original NOT IN ('0', '1', '2') THEN 'original_never_written'
       WHEN NOT EXISTS (
         FROM our_values v WHERE v.id_product = beside.id_product AND v.id_product_attribute = beside.id_product_attribute
           AND v.id_lang = beside.id_lang AND v.field = beside.field AND v.value IS NOT DISTINCT FROM beside.held)
         THEN 'changed_by_another' END AS why_kept
FROM beside;

CREATE TABLE differing AS
SELECT l.product_id, j.id_product, j.id_product_attribute, nullif(j.id_lang, 0) AS id_lang, j.field, j.original AS value,
       'released' AS reason_code, '{}' AS reason_args, j.held
FROM judged j
LEFT JOIN (
  SELECT external_product_id, min(product_id) AS product_id FROM links WHERE integration_id = $integration_id GROUP BY ALL
) l ON l.external_product_id = j.id_product || CASE WHEN j.id_product_attribute > 0 THEN '-' || j.id_product_attribute ELSE '' END
WHERE why_kept IS NULL;

CREATE TABLE kept AS
SELECT id_product, id_product_attribute, nullif(id_lang, 0) AS id_lang, field, why_kept AS reason, held, original
FROM judged WHERE why_kept IS NOT NULL
ORDER BY ALL;
