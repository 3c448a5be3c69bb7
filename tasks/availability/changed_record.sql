-- Where the shop itself is compared with: rows of which our record says something else, or nothing. Such a row is recorded,
-- not written. On the desk: wanted, written. Adds to: differing.
INSERT INTO differing
SELECT w.* FROM wanted w LEFT JOIN written r
  ON r.id_product = w.id_product AND r.id_product_attribute = w.id_product_attribute AND r.field = w.field
 AND r.id_lang = coalesce(w.id_lang, 0)
WHERE w.field <> 'quantity' AND r.value IS DISTINCT FROM w.value
  AND NOT EXISTS (
    FROM differing d WHERE d.id_product = w.id_product AND d.id_product_attribute = w.id_product_attribute
      AND d.field = w.field AND coalesce(d.id_lang, 0) = coalesce(w.id_lang, 0));
