-- What each row says becomes offers and rejects.
-- In: judged, broken, reasons; $duplicates; $needs_stock, $needs_codes: false for a part of a feed that says other
-- things of items that meet by the supplier's code, and where the shop knows that code. Out: offers, rejects, repeated.

CREATE OR REPLACE TABLE found AS  -- everything that is wrong, one row each
WITH keyed AS (
    SELECT *, coalesce(supplier_sku, sku, ean) AS key,
        NOT coalesce(is_available, true) OR coalesce(stock_quantity = 0, false) AS is_off
    FROM judged
)
SELECT row_number, key, 'ean' AS field, raw_ean AS value, ean_reason AS reason_code, 'field' AS scope
FROM keyed WHERE ean_reason IS NOT NULL
UNION ALL
SELECT row_number, key, 'purchase_price', raw_price, price_reason, 'field' FROM keyed WHERE price_reason IS NOT NULL
UNION ALL
SELECT row_number, key, 'stock_quantity', raw_stock, stock_reason, 'row' FROM keyed WHERE stock_reason IS NOT NULL
UNION ALL
SELECT row_number, key, 'is_available', raw_availability, availability_reason, 'row'
FROM keyed WHERE availability_reason IS NOT NULL
UNION ALL  -- of an item that can't be had the delivery time matters to nobody
SELECT row_number, key, 'delivery_days', raw_delivery, 'unknown_delivery', CASE WHEN is_off THEN 'field' ELSE 'row' END
FROM keyed WHERE is_delivery_unknown
UNION ALL
SELECT row_number, key, 'stock_quantity', raw_stock, 'no_stock', 'row'
FROM keyed
WHERE $needs_stock
  AND stock_quantity IS NULL AND is_available IS NULL AND stock_reason IS NULL AND availability_reason IS NULL
UNION ALL
SELECT row_number, key, 'sku', NULL, 'no_key', 'row' FROM keyed WHERE sku IS NULL AND ean IS NULL AND ($needs_codes OR supplier_sku IS NULL)
UNION ALL
SELECT row_number, key, 'sku', coalesce(supplier_sku, sku), 'too_long', 'row'
FROM keyed WHERE length(sku) > 255 OR length(supplier_sku) > 255
UNION ALL
SELECT row_number, key, 'contractor', unknown_contractor, 'unknown_contractor', 'field'
FROM keyed WHERE unknown_contractor IS NOT NULL
UNION ALL
SELECT row_number, NULL, field, value, reason_code,
    CASE WHEN reason_code = 'several_values' AND field IN ('ean', 'purchase_price', 'contractor') THEN 'field' ELSE 'row' END
FROM broken;

CREATE OR REPLACE TABLE accepted AS
SELECT row_number, coalesce(supplier_sku, sku, ean) AS key, stock_quantity, is_available
FROM judged ANTI JOIN (SELECT row_number FROM found WHERE scope = 'row') USING (row_number);

CREATE OR REPLACE TABLE repeated AS  -- records whose code has several, and that are not the one that counts
WITH several AS (SELECT key FROM accepted GROUP BY key HAVING count(*) > 1),
counting AS (
    SELECT key, CASE $duplicates
        WHEN 'first' THEN min(row_number)
        -- what can't be had is less than nothing; available without a number is the most: that is what is meant by it
        WHEN 'max' THEN arg_max(row_number, (CASE WHEN is_available IS false THEN -1
            ELSE coalesce(stock_quantity, CASE WHEN is_available THEN 9223372036854775807 ELSE -1 END) END, row_number))
        WHEN 'reject' THEN NULL
        ELSE max(row_number)
    END AS row_number
    FROM accepted SEMI JOIN several USING (key) GROUP BY key
)
SELECT accepted.row_number, key, counting.row_number AS counting_row
FROM accepted JOIN counting USING (key) WHERE accepted.row_number IS DISTINCT FROM counting.row_number;

CREATE OR REPLACE VIEW offers AS
SELECT row_number, supplier_sku, sku, ean, stock_quantity, is_available, delivery_days, available_from, purchase_price,
    currency, available_later, name, contractor_id, warehouses
FROM judged
ANTI JOIN (SELECT row_number FROM found WHERE scope = 'row' UNION ALL SELECT row_number FROM repeated) USING (row_number)
ORDER BY row_number;

CREATE OR REPLACE TABLE rejects AS
WITH every AS (
    SELECT * FROM found
    UNION ALL
    SELECT row_number, key, 'key', key, 'duplicate_' || $duplicates,
        CASE $duplicates WHEN 'sum' THEN 'summed' ELSE 'row' END
    FROM repeated
)
SELECT row_number, key, field, left(value, 200) AS value,
    CASE WHEN field = 'key' THEN 'duplicate_key' ELSE reason_code END AS reason_code, reason, scope
FROM every LEFT JOIN reasons USING (reason_code)
ORDER BY row_number, field;
