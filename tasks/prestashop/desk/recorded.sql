-- What the shop holds after one window. On the desk: changes, not_held (what could not be written), shop_links.
-- Leaves: recorded; link_metadata, the last written state of each product as Rexbit's readers expect it in a link.
CREATE OR REPLACE TABLE recorded AS
SELECT $integration_id::BIGINT AS integration_id, id_product, id_product_attribute, coalesce(id_lang, 0) AS id_lang,
       field, after AS value, before AS original, $now::TIMESTAMP AS written_at, $run_id AS run_id
FROM changes c
WHERE id_product BETWEEN $first AND $last
  AND NOT EXISTS (
    FROM not_held n
    WHERE n.id_product = c.id_product AND n.id_product_attribute = c.id_product_attribute AND n.field = c.field
      AND coalesce(n.id_lang, 0) = coalesce(c.id_lang, 0)
  );

CREATE OR REPLACE TABLE link_metadata AS
WITH flags AS (
  SELECT c.id_product || CASE WHEN c.id_product_attribute > 0 THEN '-' || c.id_product_attribute ELSE '' END AS item,
         c.after = '1' AS allowed, try_cast(c.reason_args ->> 'stock' AS BIGINT) AS stock
  FROM changes c JOIN recorded r USING (id_product, id_product_attribute, field)
  WHERE c.field = 'out_of_stock'
)
SELECT $integration_id::BIGINT AS integration_id, l.product_id,
       json_merge_patch(coalesce(l.metadata, '{}')::JSON, json_object('last_availability', f.allowed,
         'last_stock_quantity', f.stock, 'last_synced_at', strftime($now::TIMESTAMP, '%Y-%m-%dT%H:%M:%SZ')))::VARCHAR
         AS metadata
FROM flags f JOIN shop_links l ON l.external_product_id = f.item;
