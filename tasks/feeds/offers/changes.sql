-- A file with changes only, laid over what was known before. On the desk: said (its offers), before (all of before it).
-- $at, $before_at: when both were said. Leaves: offers, all that are known, each with when it was said (`given_at`).
CREATE TABLE offers AS
WITH said_keys AS (SELECT coalesce(supplier_sku, sku, ean) AS key FROM said),
kept AS (
    SELECT * REPLACE (
        coalesce(given_at, $before_at::TIMESTAMP) AS given_at,
        (SELECT coalesce(max(row_number), 0) FROM said) + row_number() OVER (ORDER BY given_at DESC, row_number) AS row_number
    )
    FROM before WHERE coalesce(supplier_sku, sku, ean) NOT IN (SELECT key FROM said_keys)
)
SELECT *, $at::TIMESTAMP AS given_at FROM said
UNION ALL BY NAME
FROM kept
ORDER BY row_number;
