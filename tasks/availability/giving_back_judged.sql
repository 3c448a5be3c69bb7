-- Which rows are still ours, and so given back. On the desk: beside, our_values. Leaves: judged.
CREATE TABLE judged AS
SELECT *,
  CASE WHEN why IS NOT NULL THEN why
       WHEN held IS NOT DISTINCT FROM value THEN NULL
       -- flags and quantities are never NULL in a shop (a text may be)
       WHEN value IS NULL AND id_lang = 0 THEN 'original_unknown'
       -- row 0 follows the combinations; of those customers only take away, and what is more is own stock
       WHEN field = 'quantity' AND id_product_attribute = 0 THEN NULL
       WHEN field = 'quantity' AND held::BIGINT <= (
         SELECT max(v.value::BIGINT) FROM our_values v WHERE v.id_product = beside.id_product
           AND v.id_product_attribute = beside.id_product_attribute AND v.field = 'quantity') THEN NULL
       WHEN field = 'out_of_stock' AND value NOT IN ('0', '1', '2') THEN 'original_never_written'
       WHEN NOT EXISTS (
         FROM our_values v WHERE v.id_product = beside.id_product AND v.id_product_attribute = beside.id_product_attribute
           AND v.id_lang = beside.id_lang AND v.field = beside.field AND v.value IS NOT DISTINCT FROM beside.held)
         THEN 'changed_by_another' END AS why_kept,
  NULL::VARCHAR AS changed_by, false AS is_done, 'released' AS reason_code, '{}' AS reason_args
FROM beside;
