-- The best usable offer of each product, over all its suppliers.
-- On the desk: links (of every integration), catalogue. Leaves: items (what the shop's links name), best_offers.

-- An item is a row of the shop's stock: a product (attribute 0) or one of its combinations.
CREATE TABLE items AS
WITH named AS (
  SELECT product_id, try_cast(split_part(external_product_id, '-', 1) AS BIGINT) AS id_product,
         coalesce(try_cast(nullif(split_part(external_product_id, '-', 2), '') AS BIGINT), 0) AS id_product_attribute
  FROM links WHERE integration_id = $integration_id
)
SELECT n.*, c.id_product IS NOT NULL AS in_shop
FROM named n LEFT JOIN catalogue c USING (id_product, id_product_attribute)
WHERE n.id_product IS NOT NULL;

CREATE TABLE supplier_offers AS
WITH parsed AS (
  SELECT product_id, integration_id, json_extract_string(supplier_availability, ['stock_quantity', 'is_available',
           'delivery_days', 'available_from', 'contractor_id', 'warehouses', 'pack_size']) AS a
  FROM links WHERE supplier_availability IS NOT NULL AND integration_id <> $integration_id
),
-- Quantities are the supplier's units; a pack says how many of the shop's are in one.
packed AS (
  SELECT *, try_cast(a[7] AS DECIMAL(18, 4)) AS pack_size, CASE WHEN a[6] IS NOT NULL
         THEN TRY(from_json(a[6], '[{"delivery_days": "INTEGER", "stock_quantity": "BIGINT"}]')) END AS warehouses
  FROM parsed
),
-- By when enough can be had from the fastest warehouses together; one that is available without a number has enough.
promised AS (
  SELECT *, CASE WHEN warehouses IS NOT NULL THEN list_min([
      one.delivery_days FOR one IN warehouses
      IF list_sum([coalesce(other.stock_quantity * coalesce(pack_size, 1), greatest($min_stock_threshold, 1))
                   FOR other IN warehouses IF other.delivery_days <= one.delivery_days])
         >= greatest($min_stock_threshold, 1)]) END AS promised_days
  FROM packed
),
typed AS (
  SELECT product_id, integration_id,
         CASE WHEN pack_size IS NULL THEN floor(try_cast(a[1] AS DOUBLE))
              ELSE floor(try_cast(a[1] AS DECIMAL(18, 4)) * pack_size) END::BIGINT AS stock_quantity,
         try_cast(a[2] AS BOOLEAN) AS is_available,
         coalesce(promised_days, try_cast(a[3] AS INTEGER)) AS delivery_days,
         CASE WHEN a[4] IS NOT NULL THEN greatest(date_diff('day', $today::DATE, try_cast(a[4] AS DATE)), 0)::INTEGER END
           AS days_until,
         try_cast(a[5] AS BIGINT) AS contractor_id
  FROM promised
)
SELECT product_id, integration_id, contractor_id, stock_quantity,
       CASE WHEN delivery_days IS NULL THEN days_until ELSE greatest(delivery_days, coalesce(days_until, 0)) END AS days,
       can_be_ordered(stock_quantity, is_available, $min_stock_threshold) AS allowed,
       CASE WHEN is_available IS false THEN 'not_available'
            WHEN stock_quantity IS NULL AND is_available THEN 'available'
            WHEN stock_quantity IS NULL THEN 'no_stock_given'
            WHEN stock_quantity >= $min_stock_threshold THEN 'enough_stock'
            ELSE 'below_threshold' END AS reason_code
FROM typed;

-- Allowed before denied, then the fastest, then the largest stock, then the lowest supplier number.
CREATE TABLE best_offers AS
SELECT * FROM supplier_offers
QUALIFY row_number() OVER (
  PARTITION BY product_id
  ORDER BY allowed DESC, days NULLS LAST, stock_quantity DESC NULLS LAST, integration_id
) = 1;
