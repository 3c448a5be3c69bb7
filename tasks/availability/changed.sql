-- Which products have something new to be written.
-- On the desk: wanted, and the state to compare with: held (id_product, id_product_attribute, id_lang, field, value).
-- Leaves: differing (rows of wanted).

CREATE TABLE differing AS
SELECT w.* FROM wanted w LEFT JOIN held h
  ON h.id_product = w.id_product AND h.id_product_attribute = w.id_product_attribute AND h.field = w.field
 AND coalesce(h.id_lang, 0) = coalesce(w.id_lang, 0)
WHERE CASE WHEN w.field = 'quantity' THEN w.held IS DISTINCT FROM w.value
           ELSE h.id_product IS NULL OR h.value IS DISTINCT FROM w.value END;
