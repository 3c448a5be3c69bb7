-- Rows that hold what nobody of ours wrote and nobody wants: somebody else changed them since our last write.
-- On the desk: differing (rows of wanted), shop_rows, written, unfinished (`after`: a crash may have left it there).
-- Leaves: drifted, `thing` being what is judged as one: all flags of a product, or one text.
-- Quantities are left out: customers change them.
CREATE OR REPLACE MACRO thing(field, id_product_attribute, id_lang) AS
  CASE WHEN field = 'out_of_stock' THEN 'flag' ELSE concat_ws('/', field, id_product_attribute, id_lang) END;

CREATE TABLE drifted AS
SELECT d.product_id, d.id_product, d.id_product_attribute, coalesce(d.id_lang, 0) AS id_lang, d.field,
       thing(d.field, d.id_product_attribute, coalesce(d.id_lang, 0)) AS thing,
       r.value AS ours, s.value AS found, d.value AS wanted, d.reason_code
FROM differing d
JOIN written r
  ON r.id_product = d.id_product AND r.id_product_attribute = d.id_product_attribute AND r.field = d.field
 AND r.id_lang = coalesce(d.id_lang, 0)
JOIN shop_rows s
  ON s.id_product = d.id_product AND s.id_product_attribute = d.id_product_attribute AND s.field = d.field
 AND coalesce(s.id_lang, 0) = coalesce(d.id_lang, 0)
WHERE d.field <> 'quantity' AND s.value IS DISTINCT FROM r.value AND s.value IS DISTINCT FROM d.value
  AND NOT EXISTS (
    FROM unfinished u WHERE u.id_product = d.id_product AND u.id_product_attribute = d.id_product_attribute
      AND u.field = d.field AND coalesce(u.id_lang, 0) = coalesce(d.id_lang, 0) AND u.after IS NOT DISTINCT FROM s.value);
