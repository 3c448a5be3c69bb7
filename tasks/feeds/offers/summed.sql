-- Of a code with several records the last one gets the stock of all of them, warehouse by warehouse.
-- What a record says can't be had adds nothing, unless they all say so; one that is available without a number makes
-- the sum such a one: adding goods must never make less of them. In: judged, repeated. Out: judged.

UPDATE judged SET
    stock_quantity = total.stock_quantity,
    is_available = total.is_available,
    warehouses = total.warehouses,
    delivery_days = coalesce(total.delivery_days, judged.delivery_days)
FROM (
    WITH members AS (
        SELECT row_number, counting_row FROM repeated
        UNION ALL
        SELECT DISTINCT counting_row, counting_row FROM repeated
    ),
    records AS (
        SELECT counting_row, stock_quantity, is_available, warehouses FROM members JOIN judged USING (row_number)
    ),
    counted AS (
        SELECT counting_row,
            bool_and(is_available IS false) AS is_none,
            bool_or(is_available) AS is_any_said,
            bool_or(is_available AND stock_quantity IS NULL) AS is_unknown,
            sum(stock_quantity) AS all_of_it,
            sum(stock_quantity) FILTER (is_available IS DISTINCT FROM false) AS to_be_had
        FROM records GROUP BY counting_row
    ),
    by_days AS (
        SELECT counting_row, one.delivery_days,
            CASE WHEN bool_and(one.stock_quantity IS NOT NULL) THEN sum(one.stock_quantity) END::BIGINT AS stock_quantity
        FROM (SELECT counting_row, unnest(warehouses) AS one FROM records WHERE is_available IS DISTINCT FROM false)
        GROUP BY counting_row, one.delivery_days
    ),
    together AS (
        SELECT counting_row, min(delivery_days) FILTER (stock_quantity IS NULL OR stock_quantity > 0) AS delivery_days,
            list({'delivery_days': delivery_days, 'stock_quantity': stock_quantity} ORDER BY delivery_days) AS warehouses
        FROM by_days GROUP BY counting_row
    )
    SELECT counting_row, together.warehouses, together.delivery_days,
        CASE WHEN is_none THEN all_of_it WHEN NOT coalesce(is_unknown, false) THEN to_be_had END::BIGINT AS stock_quantity,
        CASE WHEN is_none THEN false WHEN is_any_said THEN true END AS is_available
    FROM counted LEFT JOIN together USING (counting_row)
) AS total
WHERE judged.row_number = total.counting_row;
