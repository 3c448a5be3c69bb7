-- What each of many files of a supplier says of one item. In: $files; $item, $sku, $ean: the link's, each may be NULL.
-- The item's own code finds it; SKU and EAN only where the link, or the file's row, has no such code. One that several
-- rows have says nothing of any of them.
WITH found AS (
  SELECT filename, stock_quantity, is_available, delivery_days, available_from,
         CASE WHEN coalesce(supplier_sku, sku, ean) = $item THEN 1
              WHEN upper(trim(sku)) = upper(trim($sku)) THEN 2 ELSE 3 END AS rank
  FROM read_parquet($files, filename = true)
  -- the first of these, a column alone, is all that most files have to be asked for: twice as fast as the coalesce
  WHERE supplier_sku = $item
     OR (supplier_sku IS NULL AND (sku = $item OR (sku IS NULL AND ean = $item)))
     OR (($item IS NULL OR supplier_sku IS NULL) AND (upper(trim(sku)) = upper(trim($sku)) OR ean = $ean))
),
first_way AS (SELECT * FROM found QUALIFY rank = min(rank) OVER (PARTITION BY filename))
SELECT filename, count(*) AS rows, any_value(stock_quantity) AS stock_quantity, any_value(is_available) AS is_available,
       any_value(delivery_days) AS delivery_days, any_value(available_from) AS available_from
FROM first_way GROUP BY filename
