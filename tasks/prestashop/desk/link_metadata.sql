-- The last written state of each product whose flag was written, as Rexbit's readers expect it in a link's metadata.
-- On the desk: changes, not_held, shop_links. Leaves: link_metadata.
CREATE TABLE link_metadata AS
WITH flags AS (
  SELECT id_product || CASE WHEN id_product_attribute > 0 THEN '-' || id_product_attribute ELSE '' END AS item,
         after = '1' AS allowed, try_cast(reason_args ->> 'stock' AS BIGINT) AS stock
  FROM changes c
  WHERE field = 'out_of_stock' AND NOT EXISTS (
    FROM not_held n WHERE n.id_product = c.id_product AND n.id_product_attribute = c.id_product_attribute
      AND n.field = c.field)
)
SELECT $integration_id::BIGINT AS integration_id, l.product_id,
       json_merge_patch(coalesce(l.metadata, '{}')::JSON, json_object('last_availability', f.allowed,
         'last_stock_quantity', f.stock, 'last_synced_at', strftime($now::TIMESTAMP, '%Y-%m-%dT%H:%M:%SZ')))::VARCHAR
         AS metadata
FROM flags f JOIN shop_links l ON l.external_product_id = f.item
ORDER BY product_id;
