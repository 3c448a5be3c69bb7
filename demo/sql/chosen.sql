-- Three products to explain, one a kind, as their newest change set decided them; their flag and its reason.
WITH newest AS (
  SELECT *, filename AS change_set FROM read_parquet($files, filename = true)
  QUALIFY filename = max(filename) OVER (PARTITION BY id_product)
),
flags AS (
  SELECT id_product, any_value(product_id) FILTER (id_product_attribute = 0) AS product_id, max(after) AS flag,
         count(*) - 1 AS combinations, any_value(reason_code) AS reason, any_value(reason_args) AS args
  FROM newest WHERE field = 'out_of_stock' AND reason_code <> 'no_offer' GROUP BY id_product
),
kinds AS (
  SELECT *, CASE WHEN combinations > 0 THEN 'combinations' WHEN flag = '1' THEN 'on' ELSE 'off' END AS kind FROM flags
)
SELECT kind, min_by({'id_product': id_product, 'product_id': product_id, 'flag': flag, 'reason': reason, 'args': args},
                    id_product) AS first
FROM kinds GROUP BY kind
