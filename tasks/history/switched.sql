-- The rows of many change sets by which one product can be ordered, or not. In: $files, $product_id.
SELECT filename, id_product, id_product_attribute, field, before, after, reason_code
FROM read_parquet($files, filename = true)
WHERE product_id = $product_id AND field IN ('out_of_stock', 'quantity')
