-- What each row says becomes offers and rejects.
-- In: judged, broken, reasons; $duplicates; $needs_stock, $needs_codes: false for a part of a feed that says other
-- things of items that meet by the supplier's code. Out: offers, rejects.

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
SELECT row_number, key, 'contractor', raw_contractor, 'unknown_contractor', 'field'
FROM keyed WHERE raw_contractor IS NOT NULL AND contractor_id IS NULL
UNION ALL
SELECT row_number, NULL, field, value, reason_code,
    CASE WHEN reason_code = 'several_values' AND field IN ('ean', 'purchase_price') THEN 'field' ELSE 'row' END
FROM broken;

CREATE OR REPLACE TABLE accepted AS
SELECT row_number, coalesce(supplier_sku, sku, ean) AS key
FROM judged ANTI JOIN (SELECT row_number FROM found WHERE scope = 'row') USING (row_number);

-- Records of a code that is there several times, and the one of them that counts.
CREATE OR REPLACE TABLE repeated AS
WITH several AS (SELECT key FROM accepted GROUP BY key HAVING count(*) > 1),
records AS (
    SELECT key, row_number, is_available, warehouses,
        CASE WHEN is_available IS false THEN 0 ELSE stock_quantity END AS pieces
    FROM accepted JOIN several USING (key) JOIN judged USING (row_number)
),
chosen AS (
    SELECT key, sum(pieces)::BIGINT AS pieces, bool_or(is_available) AS is_available,
        CASE $duplicates
            WHEN 'first' THEN min(row_number)
            WHEN 'max' THEN arg_max(row_number, {
                'is_on': coalesce(is_available, true), 'pieces': coalesce(pieces, -1), 'row_number': row_number})
            WHEN 'reject' THEN NULL
            ELSE max(row_number)
        END AS counts
    FROM records GROUP BY key
),
by_days AS (
    SELECT key, warehouse.delivery_days, sum(warehouse.stock_quantity)::BIGINT AS stock_quantity
    FROM (SELECT key, unnest(warehouses) AS warehouse FROM records) GROUP BY key, warehouse.delivery_days
),
together AS (
    SELECT key, list({'delivery_days': delivery_days, 'stock_quantity': stock_quantity} ORDER BY delivery_days)
        AS warehouses
    FROM by_days GROUP BY key
)
SELECT row_number, key, coalesce(row_number = counts, false) AS counts, $duplicates = 'sum' AS is_sum, chosen.pieces,
    chosen.is_available, together.warehouses
FROM records JOIN chosen USING (key) LEFT JOIN together USING (key);

CREATE OR REPLACE VIEW offers AS
SELECT j.row_number, supplier_sku, sku, ean,
    CASE WHEN r.is_sum THEN r.pieces ELSE j.stock_quantity END AS stock_quantity,
    CASE WHEN r.is_sum THEN r.is_available ELSE j.is_available END AS is_available,
    delivery_days, available_from, purchase_price, currency, available_later, name, contractor_id,
    CASE WHEN r.is_sum THEN r.warehouses ELSE j.warehouses END AS warehouses
FROM judged j LEFT JOIN repeated r ON r.row_number = j.row_number
WHERE j.row_number IN (SELECT row_number FROM accepted) AND coalesce(r.counts, true)
ORDER BY j.row_number;

CREATE OR REPLACE TABLE rejects AS
WITH every AS (
    SELECT * FROM found
    UNION ALL
    SELECT row_number, key, 'key', key, 'duplicate_' || $duplicates, 'row' FROM repeated WHERE NOT counts
)
SELECT row_number, key, field, left(value, 200) AS value,
    CASE WHEN field = 'key' THEN 'duplicate_key' ELSE reason_code END AS reason_code, reason, scope
FROM every LEFT JOIN reasons USING (reason_code)
ORDER BY row_number, field;
