-- The records of an item in a file of offers, the surest first. On the desk: offers. $keys: as its supplier knows it;
-- $sku, $ean: the product's codes, where nothing of the supplier is linked with it.
SELECT row_number, coalesce(supplier_sku, sku, ean) AS offer_key,
       list_contains($keys::VARCHAR[], coalesce(supplier_sku, sku, ean)) AS is_it
FROM offers
WHERE is_it
   OR upper(trim(sku)) = upper(trim($sku::VARCHAR)) OR upper(trim(supplier_sku)) = upper(trim($sku::VARCHAR))
   OR ltrim(trim(ean), '0') = ltrim(trim($ean::VARCHAR), '0')
ORDER BY is_it DESC, row_number LIMIT $most
