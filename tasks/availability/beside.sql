-- What the shop holds now beside an earlier value. On the desk: earlier (id_product, id_product_attribute, id_lang (0 where
-- a field has none), field, value, ...), shop_rows (what the shop holds); $text_rows, $flag_rows, $label_rows: another
-- block that writes these rows, or NULL. Leaves: beside, with `held`; `why`: no value could be put back at all.
CREATE TABLE beside AS
SELECT e.*, s.value AS held,
       CASE WHEN s.id_product IS NULL THEN 'row_missing_in_shop'
            WHEN CASE WHEN e.field IN ('out_of_stock', 'quantity') THEN $flag_rows
                      WHEN e.id_product_attribute = 0 THEN $text_rows ELSE $label_rows END IS NOT NULL
              THEN 'written_by_another_block' END AS why
FROM earlier e LEFT JOIN shop_rows s
  ON s.id_product = e.id_product AND s.id_product_attribute = e.id_product_attribute AND s.field = e.field
 AND coalesce(s.id_lang, 0) = e.id_lang;
