-- What number each text of the stock and price columns is, by the column's own decimal sign.
-- Texts repeat and their patterns (all digits but 0 made 9) repeat far more, so the grammar looks at patterns only.
-- Every column but `purchase_price` holds stock: the one of the feed, or one a warehouse.
-- In: rows, stock_texts (row_number, field, raw); $decimal 'auto' | 'comma' | 'point'.
-- Out: number_texts, number_patterns, decimals (one row a column).

CREATE OR REPLACE TABLE number_texts AS
WITH texts AS MATERIALIZED (  -- first what differs, then the grammar
    SELECT field, raw, min(row_number) AS row_number
    FROM stock_texts WHERE raw IS NOT NULL GROUP BY field, raw
    UNION ALL
    SELECT 'purchase_price', purchase_price, min(row_number)
    FROM rows WHERE purchase_price IS NOT NULL GROUP BY purchase_price
)
SELECT field, raw, row_number, translate(raw, '12345678', '99999999') AS pattern
FROM texts WHERE given(raw) IS NOT NULL;

CREATE OR REPLACE TABLE number_patterns AS
WITH patterns AS (
    SELECT field, pattern, squeezed(pattern) AS words FROM (SELECT DISTINCT field, pattern FROM number_texts)
),
bounded AS (  -- `>20`, `ponad 50`: above; `>=20`, `10+`, `od 5`: at_least; `<5`: below
    SELECT *,
        regexp_extract(pattern, '\d([\d.,\s\x{00A0}\x{2000}-\x{200B}\x{202F}]*\d)?') AS number,
        CASE
            WHEN field = 'purchase_price' THEN NULL
            WHEN regexp_matches(words, '^(<=|≤)') THEN 'at_most'
            WHEN regexp_matches(words, below_words()) THEN 'below'
            WHEN regexp_matches(words, above_words()) THEN 'above'
            WHEN regexp_matches(words, at_least_words()) OR regexp_matches(words, '\d ?\+') THEN 'at_least'
        END AS bound
    FROM patterns
),
bare AS (  -- without the bound's words and the unit; of a price all that is not the number is its currency
    SELECT *,
        CASE field
            WHEN 'purchase_price' THEN words
            ELSE regexp_replace(regexp_replace(regexp_replace(regexp_replace(
                words, '^(<=|≤)', ''), below_words(), ''), at_least_words(), ''), '((\d) ?\+)? ?' || unit_words() || '$', '\2')
        END AS bare,
        regexp_matches(words, '[-−] ?\d') AS is_negative
    FROM bounded
)
SELECT field, pattern, words, bound, is_negative,
    position(number IN pattern) AS number_start,
    length(number) AS number_length,
    number_shape(ungrouped(squeezed(number))) AS shape,
    CASE WHEN field = 'purchase_price' THEN trim(replace(regexp_replace(words, '[-−] ?(\d)', '\1'), squeezed(number), ''))
         WHEN regexp_replace(trim(bare), '^[-−] ?', '') = squeezed(number) THEN '' END AS around
FROM bare;

CREATE OR REPLACE TABLE decimals AS
WITH shapes AS (
    SELECT field, raw, row_number, shape,
        ltrim(translate(substr(raw, number_start, number_length), blanks(), ''), '0') AS digits
    FROM number_texts JOIN number_patterns USING (field, pattern)
    WHERE around IS NOT NULL
),
evidence AS (
    SELECT field,
        min(row_number) FILTER (shape IN ('comma', 'comma_grouped')) AS comma_row,
        min(row_number) FILTER (shape IN ('point', 'point_grouped')) AS point_row,
        arg_min(raw, row_number) FILTER (shape IN ('comma', 'comma_grouped')) AS comma_example,
        arg_min(raw, row_number) FILTER (shape IN ('point', 'point_grouped')) AS point_example,
        bool_or(shape = 'comma?') AS maybe_comma,
        bool_or(shape = 'point?') AS maybe_point,
        bool_or(shape LIKE '%_grouped') AS is_grouped,
        bool_or(shape = 'plain' AND length(digits) > 3) AS has_ungrouped_thousands,
        bool_or(shape = 'plain' AND digits <> '') AS has_plain
    FROM shapes
    GROUP BY field
)
SELECT field, comma_row, point_row, comma_example, point_example,
    $decimal = 'auto' AND comma_row IS NOT NULL AND point_row IS NOT NULL AS is_mixed,
    $decimal <> 'auto' OR is_grouped AS is_grouped,
    CASE
        WHEN $decimal <> 'auto' THEN $decimal
        WHEN comma_row IS NOT NULL THEN 'comma'
        WHEN point_row IS NOT NULL THEN 'point'
        -- only `6.000` and the like: decimals if no number stands without the sign, or thousands stand without it
        WHEN maybe_comma AND maybe_point THEN NULL
        WHEN has_plain AND NOT has_ungrouped_thousands THEN NULL
        WHEN maybe_comma THEN 'comma'
        WHEN maybe_point THEN 'point'
    END AS decimal_sign
FROM evidence;
