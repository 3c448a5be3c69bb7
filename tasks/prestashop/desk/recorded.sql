-- What the shop holds after some windows: rows of shop_written. On the desk: changes, not_held (what could not be
-- written).
SELECT $integration_id::BIGINT AS integration_id, id_product, id_product_attribute, coalesce(id_lang, 0) AS id_lang,
       field, after AS value, before AS original, $now::TIMESTAMP AS written_at, $run_id AS run_id
FROM changes c
WHERE id_product BETWEEN $first AND $last
  AND NOT EXISTS (
    FROM not_held n
    WHERE n.id_product = c.id_product AND n.id_product_attribute = c.id_product_attribute AND n.field = c.field
      AND coalesce(n.id_lang, 0) = coalesce(c.id_lang, 0)
  )
