-- The stock of several warehouses: each by the grammar of a stock, together the stock of the row.
-- One that says nothing is not counted, one that says no has none; one that is available without a number has no number
-- (NULL), and then neither has the row. In: judged, broken, numbers, warehouse_columns,
-- warehouse_texts. Out: judged and broken, changed.

CREATE OR REPLACE TABLE stock_of_warehouses AS
WITH read AS (
    SELECT t.row_number, t.delivery_days, t.column_name || ': ' || t.raw AS shown, n.reason_code, t.place,
        CASE WHEN n.is_available IS false THEN 0 ELSE n.stock_quantity END AS pieces
    FROM warehouse_texts t JOIN numbers n ON n.field = t.field AND n.raw = t.raw
)
SELECT row_number,
    CASE WHEN bool_and(pieces IS NOT NULL) THEN sum(pieces) END::BIGINT AS pieces,
    CASE WHEN bool_or(pieces IS NULL) THEN true END AS is_available,
    min(delivery_days) FILTER (pieces IS NULL OR pieces > 0) AS delivery_days,
    list({'delivery_days': delivery_days, 'stock_quantity': pieces} ORDER BY delivery_days, place) AS warehouses,
    arg_min(reason_code, place) AS reason_code,
    arg_min(shown, place) FILTER (reason_code IS NOT NULL) AS shown
FROM read GROUP BY row_number;

CREATE OR REPLACE TABLE judged AS
SELECT j.* REPLACE (
    w.pieces AS stock_quantity,
    coalesce(j.is_available, w.is_available) AS is_available,
    coalesce(w.delivery_days, j.delivery_days) AS delivery_days,
    w.reason_code AS stock_reason,
    w.shown AS raw_stock,
    w.warehouses AS warehouses
)
FROM judged j LEFT JOIN stock_of_warehouses w USING (row_number);

UPDATE broken SET field = 'stock_quantity', value = one.column_name || ': ' || broken.value
FROM warehouse_columns AS one WHERE broken.field = one.field;
