-- What stood in a shop before our first write. On the desk: written (shop_written of this shop), unfinished (changes of
-- change sets that a crash cut short, by their place in time), chosen (id_product).
-- Leaves: earlier, our_values (what a row holds as long as it is ours).

-- A change set that was cut short may stand in the shop without a record: then it knows what stood there before.
CREATE TABLE unrecorded AS
SELECT id_product, id_product_attribute, coalesce(id_lang, 0) AS id_lang, field, first(before ORDER BY place) AS original
FROM unfinished u
WHERE NOT EXISTS (
  FROM written w WHERE w.id_product = u.id_product AND w.id_product_attribute = u.id_product_attribute
    AND w.id_lang = coalesce(u.id_lang, 0) AND w.field = u.field)
GROUP BY ALL;

CREATE TABLE earlier AS
WITH ours AS (
  SELECT id_product, id_product_attribute, id_lang, field, original FROM written SEMI JOIN chosen USING (id_product)
  UNION ALL
  SELECT id_product, id_product_attribute, id_lang, field, original FROM unrecorded SEMI JOIN chosen USING (id_product)
)
SELECT * EXCLUDE (original),
       -- pieces below 0 (more were sold than there were) are never written
       CASE WHEN field = 'quantity' AND try_cast(original AS BIGINT) < 0 THEN '0' ELSE original END AS value
FROM ours;

CREATE TABLE our_values AS
SELECT id_product, id_product_attribute, id_lang, field, value FROM written WHERE written_at IS NOT NULL
UNION
SELECT id_product, id_product_attribute, coalesce(id_lang, 0), field, after FROM unfinished;
