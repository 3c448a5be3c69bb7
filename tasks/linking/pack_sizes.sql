-- A link that is made by a person's decision holds the pack that the person named.
-- On the desk: new_links, decided.
UPDATE new_links SET supplier_availability =
  json_merge_patch(supplier_availability::JSON, json_object('pack_size', d.pack_size::DOUBLE))::VARCHAR
FROM decided d
WHERE d.judgement = 'linked' AND d.pack_size IS NOT NULL AND d.product_id = new_links.product_id AND new_links.is_manual;
