-- What came of such rows. In: $files (outcomes.parquet), $id_product, $id_product_attribute.
SELECT filename, field, outcome
FROM read_parquet($files, filename = true)
WHERE id_product = $id_product AND id_product_attribute = $id_product_attribute AND field IN ('out_of_stock', 'quantity')
