-- What became of the items that were available, of those that were not, of the columns and of the prices.
-- In: $new_offers, $last_offers (paths of offers.parquet's columns; the same path twice where there is no last good
-- snapshot, and then $has_last is false), linked (offer_key), before_windows (baseline, offer_key), recent.
-- Out: pairs, losses (one row a baseline), gains, constants, price_move.

CREATE OR REPLACE MACRO is_on(is_available, stock_quantity) AS
    coalesce(is_available, true) AND coalesce(stock_quantity, 1) > 0;

CREATE TABLE new_items AS
SELECT coalesce(supplier_sku, sku, ean) AS offer_key, is_on(is_available, stock_quantity) AS is_on, stock_quantity,
    delivery_days, purchase_price, currency
FROM read_parquet($new_offers);

CREATE TABLE last_items AS
SELECT coalesce(supplier_sku, sku, ean) AS offer_key, is_on(is_available, stock_quantity) AS is_on, stock_quantity,
    delivery_days, purchase_price, currency
FROM read_parquet($last_offers)
WHERE $has_last;

CREATE TABLE pairs AS
SELECT coalesce(n.offer_key, l.offer_key) AS offer_key, n.offer_key IS NOT NULL AS is_there,
    coalesce(n.is_on, false) AS is_on, coalesce(l.is_on, false) AS was_on, l.offer_key IS NOT NULL AS was_there,
    n.stock_quantity, l.stock_quantity AS last_stock_quantity, n.delivery_days, l.delivery_days AS last_delivery_days,
    n.purchase_price, CASE WHEN n.currency = l.currency THEN l.purchase_price END AS last_purchase_price,
    $every_item_counts OR coalesce(n.offer_key, l.offer_key) IN (SELECT offer_key FROM linked) AS is_linked
FROM new_items AS n FULL JOIN last_items AS l USING (offer_key);

CREATE TABLE losses AS
WITH before AS (
    SELECT 'step' AS baseline, offer_key FROM last_items WHERE is_on
    UNION ALL
    SELECT baseline, offer_key FROM before_windows
),
compared AS (
    SELECT baseline, n.offer_key IS NULL AS is_gone, n.offer_key IS NOT NULL AND NOT n.is_on AS is_newly_unavailable,
        $every_item_counts OR before.offer_key IN (SELECT offer_key FROM linked) AS is_linked
    FROM before LEFT JOIN new_items AS n USING (offer_key)
)
SELECT baseline, count(*) AS available,
    count(*) FILTER (is_gone) AS gone,
    count(*) FILTER (is_newly_unavailable) AS newly_unavailable,
    count(*) FILTER (is_linked) AS linked_available,
    count(*) FILTER (is_linked AND is_gone) AS linked_gone,
    count(*) FILTER (is_linked AND is_newly_unavailable) AS linked_newly_unavailable
FROM compared GROUP BY baseline;

-- What an approved snapshot had switched off may come back at once: the person, not the feed, let it go.
CREATE TABLE lately AS
SELECT offer_key, list_contains($approved::VARCHAR[], went_off_in) AS was_let_go
FROM recent WHERE last_available_at >= $now::TIMESTAMP - INTERVAL 14 DAY;

CREATE TABLE gains AS
WITH came AS (
    SELECT p.is_linked, l.offer_key IS NOT NULL AS was_on_lately, coalesce(l.was_let_go, false) AS was_let_go
    FROM pairs AS p LEFT JOIN lately AS l USING (offer_key)
    WHERE p.is_on AND NOT p.was_on
)
SELECT count(*) FILTER (NOT was_let_go) AS newly_available,
    count(*) FILTER (NOT was_on_lately) AS fresh,
    count(*) FILTER (NOT was_let_go AND is_linked) AS linked_newly_available,
    count(*) FILTER (NOT was_on_lately AND is_linked) AS linked_fresh
FROM came;

CREATE OR REPLACE MACRO is_one_value(value, counts) AS
    coalesce(min(value) FILTER (counts) = max(value) FILTER (counts), true)
    AND count(value) FILTER (counts) IN (0, count(*) FILTER (counts));

CREATE TABLE suspects AS
WITH told AS (
    SELECT ['availability', 'stock_quantity', 'delivery_days', 'purchase_price'] AS fields,
        [is_one_value(is_on, is_there) AND NOT is_one_value(was_on, was_there),
         is_one_value(stock_quantity, is_there) AND NOT is_one_value(last_stock_quantity, was_there),
         is_one_value(delivery_days, is_there) AND NOT is_one_value(last_delivery_days, was_there),
         is_one_value(purchase_price, is_there) AND NOT is_one_value(last_purchase_price, was_there)] AS became
    FROM pairs
),
each AS (SELECT unnest(fields) AS field, unnest(became) AS became FROM told)
SELECT field FROM each WHERE became;

-- One value in the whole column where there were several, and not because the others left. A column of which nine in
-- ten were the same already does not tell enough to be missed.
CREATE TABLE constants AS
WITH columns AS (
    SELECT is_linked, was_there, field, value, last_value,
        was_there AND is_there AND value IS DISTINCT FROM last_value
            AND offer_key NOT IN (SELECT offer_key FROM lately WHERE was_let_go) AS is_changed
    FROM pairs,
    LATERAL (VALUES
        ('availability', is_on::BIGINT, was_on::BIGINT),
        ('stock_quantity', stock_quantity, last_stock_quantity),
        ('delivery_days', delivery_days::BIGINT, last_delivery_days::BIGINT),
        ('purchase_price', (purchase_price::DECIMAL(38, 4) * 10000)::BIGINT,
            (last_purchase_price::DECIMAL(38, 4) * 10000)::BIGINT)
    ) AS fields(field, value, last_value)
    WHERE field IN (SELECT field FROM suspects)
),
counted AS (
    SELECT field, last_value, count(*) AS items FROM columns WHERE was_there GROUP BY field, last_value
),
varied AS (SELECT field FROM counted GROUP BY field HAVING sum(items) >= 20 AND max(items) <= 0.9 * sum(items))
SELECT field, count(*) FILTER (is_linked) AS linked_changed
FROM columns WHERE is_changed AND field IN (SELECT field FROM varied) GROUP BY field;

CREATE TABLE price_move AS
SELECT median(purchase_price::DOUBLE / last_purchase_price::DOUBLE) AS price_ratio,
    count(*) FILTER (is_linked AND purchase_price <> last_purchase_price) AS linked_repriced
FROM pairs WHERE purchase_price > 0 AND last_purchase_price > 0;

-- Items that were available within 14 days and are not now: carried on from snapshot to snapshot, so that nobody has
-- to read the files of 14 days.
CREATE TABLE recent_now AS
SELECT offer_key, $last_at::TIMESTAMP AS last_available_at, $snapshot_id::VARCHAR AS went_off_in
FROM pairs WHERE was_on AND NOT is_on
UNION ALL
SELECT offer_key, last_available_at, went_off_in FROM recent
WHERE last_available_at >= $now::TIMESTAMP - INTERVAL 14 DAY
    AND offer_key NOT IN (SELECT offer_key FROM pairs WHERE is_on OR was_on);
