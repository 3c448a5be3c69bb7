-- The items that were available at a high-water mark. In: $baseline, $path (offers.parquet). Into: before_windows.
INSERT INTO before_windows
SELECT $baseline, coalesce(supplier_sku, sku, ean) FROM read_parquet($path)
WHERE coalesce(is_available, true) AND coalesce(stock_quantity, 1) > 0;
