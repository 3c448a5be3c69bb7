-- How a text fits the products that were found for it. In: $rows; $sku, $ean, $item: the text where it may be that,
-- $number: our number; $spelled: also in another spelling. The macros of keys.sql.
WITH found AS (
  SELECT unnest($rows::STRUCT(product_id BIGINT, sku VARCHAR, ean VARCHAR, name VARCHAR, item VARCHAR)[], recursive := true)
),
judged AS (
  SELECT *, list_filter([
    CASE WHEN product_id = $number THEN 'its number' END,
    CASE WHEN sku = $sku THEN 'its SKU' WHEN $spelled AND sku_key(sku) = sku_key($sku) THEN 'its SKU, spelled differently' END,
    CASE WHEN ean = $ean THEN 'its EAN' WHEN $spelled AND gtin_key(ean) = gtin_key($ean) THEN 'its EAN, spelled differently' END,
    CASE WHEN item = $item THEN 'its id in the shop' END
  ], lambda way: way IS NOT NULL) AS why
  FROM found
)
SELECT * FROM judged WHERE len(why) > 0 ORDER BY product_id
