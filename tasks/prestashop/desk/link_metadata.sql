-- The last written state of each product as Rexbit's readers expect it in a link. On the desk: linked_flags, not_held.
SELECT $integration_id::BIGINT AS integration_id, f.product_id,
       json_merge_patch(f.metadata, json_object('last_availability', f.allowed, 'last_stock_quantity', f.stock,
         'last_synced_at', strftime($now::TIMESTAMP, '%Y-%m-%dT%H:%M:%SZ')))::VARCHAR AS metadata
FROM linked_flags f
WHERE f.id_product BETWEEN $first AND $last
  AND NOT EXISTS (
    FROM not_held n WHERE n.id_product = f.id_product AND n.id_product_attribute = f.id_product_attribute
      AND n.field = f.field
  )
