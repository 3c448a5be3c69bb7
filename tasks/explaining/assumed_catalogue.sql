-- A shop's catalogue of one product as far as our links know it: nothing of the shop's own keeps it from being sold.
-- In: $id_product, $attributes (0 and its combinations); $attribute: of the one that was asked for, with $sku and $ean.
-- Columns as the shop's own reading has them.
WITH places AS (SELECT unnest($attributes::BIGINT[]) AS place)
SELECT $id_product::BIGINT AS id_product, place AS id_product_attribute,
       CASE WHEN place = $attribute THEN $sku::VARCHAR END AS reference,
       CASE WHEN place = $attribute THEN $ean::VARCHAR END AS ean13, NULL::VARCHAR AS name, NULL::VARCHAR AS supplier_references,
       true AS active, false AS is_virtual, false AS is_pack, NULL::DATE AS available_date, false AS depends_on_stock,
       0::INTEGER AS quantity, true AS has_stock_row, 1::INTEGER AS minimal_quantity, true AS available_for_order,
       'both' AS visibility, NULL::DECIMAL(20, 6) AS price, NULL::VARCHAR AS brand
FROM places
