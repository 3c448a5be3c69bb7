-- The stock of several warehouses: each by the grammar of a stock, together the stock of the row.
-- In: judged, numbers, warehouse_texts (row_number, place, delivery_days, column_name, raw). Out: judged, changed.

CREATE OR REPLACE TABLE stock_of_warehouses AS
WITH read AS (
    SELECT t.row_number, t.delivery_days, t.column_name || ': ' || t.raw AS shown, n.raw IS NOT NULL AS is_given,
        CASE WHEN n.is_available IS false THEN 0 ELSE n.stock_quantity END AS pieces,
        CASE WHEN n.is_available THEN 'no_number' ELSE n.reason_code END AS reason_code, t.place
    FROM warehouse_texts t LEFT JOIN numbers n ON n.field = 'stock_quantity' AND n.raw = t.raw
)
SELECT row_number,
    sum(pieces)::BIGINT AS pieces,
    min(delivery_days) FILTER (pieces > 0) AS delivery_days,
    list({'delivery_days': delivery_days, 'stock_quantity': pieces} ORDER BY delivery_days, place)
        FILTER (pieces IS NOT NULL) AS warehouses,
    arg_min(reason_code, place) AS reason_code,
    arg_min(shown, place) FILTER (reason_code IS NOT NULL) AS shown
FROM read WHERE is_given GROUP BY row_number;

CREATE OR REPLACE TABLE judged AS
SELECT j.* REPLACE (
    w.pieces AS stock_quantity,
    coalesce(w.delivery_days, j.delivery_days) AS delivery_days,
    w.reason_code AS stock_reason,
    w.shown AS raw_stock,
    w.warehouses AS warehouses
)
FROM judged j LEFT JOIN stock_of_warehouses w USING (row_number);
