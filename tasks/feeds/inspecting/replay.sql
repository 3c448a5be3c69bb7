-- One file read by two settings. On the desk: offers_then, offers_now. $most: so many differences of each kind.
-- An offer is the same one by its key; where the key is read differently, by its place in the file.
-- Leaves: counts, differences (kind, what, place, item, then, now; items that are switched off first).
CREATE TABLE then_items AS
SELECT *, coalesce(supplier_sku, sku, ean) AS item, concat_ws(' | ', supplier_sku, sku, ean) AS keys,
    coalesce(is_available, true) AND coalesce(stock_quantity, 1) > 0 AS is_on
FROM offers_then;

CREATE TABLE now_items AS
SELECT *, coalesce(supplier_sku, sku, ean) AS item, concat_ws(' | ', supplier_sku, sku, ean) AS keys,
    coalesce(is_available, true) AND coalesce(stock_quantity, 1) > 0 AS is_on
FROM offers_now;

CREATE TABLE same_offer AS
WITH by_key AS (SELECT t.item AS then_item, n.item AS now_item FROM then_items t JOIN now_items n USING (item)),
left_then AS (
    SELECT row_number, item FROM then_items WHERE item NOT IN (SELECT then_item FROM by_key)
    QUALIFY count(*) OVER (PARTITION BY row_number) = 1
),
left_now AS (
    SELECT row_number, item FROM now_items WHERE item NOT IN (SELECT now_item FROM by_key)
    QUALIFY count(*) OVER (PARTITION BY row_number) = 1
)
FROM by_key
UNION ALL
SELECT t.item, n.item FROM left_then t JOIN left_now n USING (row_number);

CREATE TABLE both_ways AS
SELECT coalesce(t.item, n.item) AS item, t.item IS NOT NULL AS was, n.item IS NOT NULL AS is_there,
    t.keys AS keys_then, n.keys AS keys_now, coalesce(t.is_on, false) AS was_on, coalesce(n.is_on, false) AS is_on,
    t.stock_quantity AS stock_then, n.stock_quantity AS stock_now, t.is_available AS available_then,
    n.is_available AS available_now, t.delivery_days AS days_then, n.delivery_days AS days_now,
    t.purchase_price AS price_then, n.purchase_price AS price_now
FROM then_items t
LEFT JOIN same_offer s ON s.then_item = t.item
FULL JOIN now_items n ON n.item = s.now_item;

CREATE TABLE differing AS
SELECT *, was AND is_there AND keys_then IS DISTINCT FROM keys_now AS other_key,
    was AND is_there AND stock_then IS DISTINCT FROM stock_now AS other_stock,
    was AND is_there AND available_then IS DISTINCT FROM available_now AS other_availability,
    was AND is_there AND days_then IS DISTINCT FROM days_now AS other_days,
    was AND is_there AND price_then IS DISTINCT FROM price_now AS other_price
FROM both_ways;

CREATE TABLE counts AS
SELECT count(*) FILTER (was) AS offers_then, count(*) FILTER (is_there) AS offers_now,
    count(*) FILTER (was AND NOT is_there) AS gone, count(*) FILTER (is_there AND NOT was) AS new,
    count(*) FILTER (other_key) AS other_key, count(*) FILTER (other_stock) AS other_stock,
    count(*) FILTER (other_availability) AS other_availability, count(*) FILTER (other_days) AS other_days,
    count(*) FILTER (other_price) AS other_price,
    count(*) FILTER (is_on AND NOT was_on) AS switched_on, count(*) FILTER (was_on AND NOT is_on) AS switched_off
FROM differing;

CREATE TABLE differences AS
WITH told AS (
    SELECT 1 AS kind, 'gone' AS what, item, was_on, is_on, keys_then AS "then", NULL AS now
      FROM differing WHERE was AND NOT is_there
    UNION ALL SELECT 2, 'new', item, was_on, is_on, NULL, keys_now FROM differing WHERE is_there AND NOT was
    UNION ALL SELECT 3, 'key', item, was_on, is_on, keys_then, keys_now FROM differing WHERE other_key
    UNION ALL SELECT 4, 'stock', item, was_on, is_on, stock_then::VARCHAR, stock_now::VARCHAR FROM differing WHERE other_stock
    UNION ALL
    SELECT 5, 'availability', item, was_on, is_on, available_then::VARCHAR, available_now::VARCHAR
      FROM differing WHERE other_availability
    UNION ALL SELECT 6, 'days', item, was_on, is_on, days_then::VARCHAR, days_now::VARCHAR FROM differing WHERE other_days
    UNION ALL SELECT 7, 'price', item, was_on, is_on, price_then::VARCHAR, price_now::VARCHAR FROM differing WHERE other_price
)
SELECT kind, what, row_number() OVER (PARTITION BY kind ORDER BY was_on AND NOT is_on DESC, item) AS place, item, "then", now
FROM told QUALIFY place <= $most;
