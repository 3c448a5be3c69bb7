-- One file read by two settings. On the desk: offers_then, offers_now. Leaves: counts, differences (items switched off first).
CREATE TABLE both_ways AS
WITH then_ AS (
    SELECT *, coalesce(supplier_sku, sku, ean) AS item, coalesce(is_available, true) AND coalesce(stock_quantity, 1) > 0 AS is_on
    FROM offers_then
),
now_ AS (
    SELECT *, coalesce(supplier_sku, sku, ean) AS item, coalesce(is_available, true) AND coalesce(stock_quantity, 1) > 0 AS is_on
    FROM offers_now
)
SELECT coalesce(n.item, t.item) AS item, t.item IS NOT NULL AS was, n.item IS NOT NULL AS is_there,
    coalesce(t.is_on, false) AS was_on, coalesce(n.is_on, false) AS is_on,
    t.stock_quantity AS stock_then, n.stock_quantity AS stock_now, t.delivery_days AS days_then, n.delivery_days AS days_now,
    t.purchase_price AS price_then, n.purchase_price AS price_now
FROM then_ t FULL JOIN now_ n ON n.item = t.item;

CREATE TABLE counts AS
SELECT count(*) FILTER (was) AS offers_then, count(*) FILTER (is_there) AS offers_now,
    count(*) FILTER (was AND NOT is_there) AS gone, count(*) FILTER (is_there AND NOT was) AS new,
    count(*) FILTER (was AND is_there AND stock_then IS DISTINCT FROM stock_now) AS other_stock,
    count(*) FILTER (was AND is_there AND days_then IS DISTINCT FROM days_now) AS other_days,
    count(*) FILTER (was AND is_there AND price_then IS DISTINCT FROM price_now) AS other_price,
    count(*) FILTER (is_on AND NOT was_on) AS switched_on, count(*) FILTER (was_on AND NOT is_on) AS switched_off
FROM both_ways;

CREATE TABLE differences AS
SELECT item, CASE WHEN NOT was THEN 'new' WHEN NOT is_there THEN 'gone' ELSE '' END AS "item is",
    stock_then AS "stock then", stock_now AS "stock now", days_then AS "days then", days_now AS "days now",
    price_then AS "price then", price_now AS "price now"
FROM both_ways
WHERE was IS DISTINCT FROM is_there OR stock_then IS DISTINCT FROM stock_now OR days_then IS DISTINCT FROM days_now
   OR price_then IS DISTINCT FROM price_now
ORDER BY was_on AND NOT is_on DESC, item;
