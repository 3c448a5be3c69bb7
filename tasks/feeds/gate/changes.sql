-- Of a file with changes only: its columns and prices, file by file of those that were not believed yet. Put together
-- with a good one, or with all that was known before, a bad one would hardly show.
-- In: pairs, lately; $changes (path: offers with given_at), $since (the last good one; NULL: none), $min_affected.
-- Out: constants and price_move, the worst of these files.
CREATE TABLE batches AS
WITH told AS (SELECT coalesce(supplier_sku, sku, ean) AS offer_key, given_at FROM read_parquet($changes))
SELECT p.*, told.given_at AS batch FROM pairs AS p JOIN told USING (offer_key)
WHERE p.was_there AND ($since IS NULL OR told.given_at > $since::TIMESTAMP);

-- A list of what is sold out has a stock of 0 throughout: that is no fault, and counts as a loss.
CREATE OR REPLACE TABLE constants AS
WITH columns AS (
    SELECT batch, is_linked, field, value, last_value
    FROM batches,
    LATERAL (VALUES
        ('stock_quantity', stock_quantity, last_stock_quantity),
        ('delivery_days', delivery_days::BIGINT, last_delivery_days::BIGINT),
        ('purchase_price', (purchase_price::DECIMAL(38, 4) * 10000)::BIGINT,
            (last_purchase_price::DECIMAL(38, 4) * 10000)::BIGINT)
    ) AS fields(field, value, last_value)
    WHERE offer_key NOT IN (SELECT offer_key FROM lately WHERE was_let_go)
),
counted AS (SELECT batch, field, last_value, count(*) AS items FROM columns GROUP BY ALL),
varied AS (
    SELECT batch, field FROM counted GROUP BY ALL HAVING sum(items) >= 20 AND max(items) <= 0.9 * sum(items)
),
same AS (
    SELECT batch, field, count(*) FILTER (is_linked AND value IS DISTINCT FROM last_value) AS linked_changed
    FROM columns GROUP BY ALL
    HAVING is_one_value(value, true) AND NOT (field = 'stock_quantity' AND coalesce(max(value), 1) = 0)
)
SELECT field, max(linked_changed) AS linked_changed
FROM same SEMI JOIN varied USING (batch, field) GROUP BY field;

CREATE OR REPLACE TABLE price_move AS
WITH moved AS (
    SELECT median(purchase_price::DOUBLE / last_purchase_price::DOUBLE) AS price_ratio,
        count(*) FILTER (is_linked AND purchase_price <> last_purchase_price) AS linked_repriced
    FROM batches WHERE purchase_price > 0 AND last_purchase_price > 0 GROUP BY batch
),
worst AS (
    SELECT arg_max({'ratio': price_ratio, 'linked': linked_repriced},
                   {'counts': linked_repriced >= $min_affected, 'by': abs(price_ratio - 1)}) AS move
    FROM moved
)
SELECT move.ratio AS price_ratio, coalesce(move.linked, 0) AS linked_repriced FROM worst;
