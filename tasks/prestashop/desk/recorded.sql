-- What the shop holds after one window. On the desk: changes, not_held (what could not be written), linked_flags.
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

-- One window's share of linked_flags (see linked_flags.sql).
CREATE OR REPLACE TABLE link_metadata AS
SELECT $integration_id::BIGINT AS integration_id, f.product_id,
       json_merge_patch(f.metadata, json_object('last_availability', f.allowed, 'last_stock_quantity', f.stock,
         'last_synced_at', strftime($now::TIMESTAMP, '%Y-%m-%dT%H:%M:%SZ')))::VARCHAR AS metadata
FROM linked_flags f
WHERE f.id_product BETWEEN $first AND $last
  AND NOT EXISTS (
    FROM not_held n WHERE n.id_product = f.id_product AND n.id_product_attribute = f.id_product_attribute
      AND n.field = 'out_of_stock'
  );
