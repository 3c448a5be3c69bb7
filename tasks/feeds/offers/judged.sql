-- What each row says, value by value.
-- In: rows, number_texts, decimals, the word tables; $currency, $default_delivery_days. Out: judged, numbers.

CREATE OR REPLACE TABLE numbers AS  -- text of a stock or price column -> number, or why not
WITH normal AS (
    SELECT field, raw, words, bound, is_negative, shape, around,
        normal_number(translate(substr(raw, number_start, number_length), blanks(), ''), shape, decimal_sign, is_grouped)
            AS normal
    FROM number_texts
    JOIN number_patterns USING (field, pattern)
    LEFT JOIN decimals USING (field)
),
valued AS (
    SELECT *, TRY_CAST(split_part(normal, '.', 1) AS BIGINT) AS whole, TRY_CAST(normal AS DECIMAL(18, 4)) AS price
    FROM normal
),
stock AS (
    SELECT field, raw, availability_words.is_available, NULL AS currency,
        CASE WHEN bound = 'below' AND normal = whole::VARCHAR THEN greatest(whole - 1, 0)
             WHEN bound = 'above' THEN greatest(whole, 1)  -- `>0` says that there are some
             ELSE whole END AS stock_quantity,
        NULL AS purchase_price,
        CASE
            WHEN availability_words.word IS NOT NULL THEN NULL
            WHEN around IS NULL OR shape IS NULL THEN 'unknown_stock'
            WHEN is_negative THEN 'negative_stock'
            WHEN normal IS NULL AND shape LIKE '%?' THEN 'ambiguous_number'
            WHEN normal IS NULL THEN 'unknown_stock'
            WHEN bound = 'at_least' AND price = 0 THEN 'unknown_stock'  -- `0+` says nothing
            WHEN coalesce(whole > 2147483647, true) THEN 'too_large'
        END AS reason_code
    FROM valued LEFT JOIN availability_words ON availability_words.word = rtrim(words, '.')
    WHERE field <> 'purchase_price'
),
prices AS (
    SELECT field, raw, NULL AS is_available, signs.currency, NULL AS stock_quantity, price AS purchase_price,
        CASE
            WHEN shape IS NULL OR (around <> '' AND signs.currency IS NULL) THEN 'unknown_price'
            WHEN is_negative THEN 'negative_price'
            WHEN normal IS NULL AND shape LIKE '%?' THEN 'ambiguous_number'
            WHEN normal IS NULL THEN 'unknown_price'
            WHEN price IS NULL THEN 'too_large'
        END AS reason_code
    FROM valued LEFT JOIN currency_signs AS signs ON signs.sign = around
    WHERE field = 'purchase_price'
),
every AS (SELECT * FROM stock UNION ALL SELECT * FROM prices)
SELECT field, raw, is_available, currency, reason_code,
    CASE WHEN reason_code IS NULL AND is_available IS NULL THEN stock_quantity END AS stock_quantity,
    CASE WHEN reason_code IS NULL THEN purchase_price END AS purchase_price
FROM every;

CREATE OR REPLACE TABLE availabilities AS  -- text of the yes/no column
WITH every AS MATERIALIZED (SELECT DISTINCT is_available AS raw FROM rows WHERE is_available IS NOT NULL),
texts AS (SELECT raw FROM every WHERE given(raw) IS NOT NULL)
SELECT raw,
    CASE squeezed(raw) WHEN '1' THEN true WHEN '0' THEN false ELSE words.is_available END AS is_available,
    CASE WHEN squeezed(raw) NOT IN ('1', '0') AND words.word IS NULL THEN 'unknown_availability' END AS reason_code
FROM texts LEFT JOIN availability_words AS words ON words.word = rtrim(squeezed(raw), '.');

CREATE OR REPLACE TABLE deliveries AS  -- text of the delivery column -> days or a date
WITH every AS MATERIALIZED (SELECT DISTINCT delivery_days AS raw FROM rows WHERE delivery_days IS NOT NULL),
texts AS (
    SELECT raw, squeezed(given(raw)) AS words FROM every WHERE given(raw) IS NOT NULL AND raw NOT LIKE '0000-00-00%'
),
bare AS (
    SELECT *, regexp_extract(
        regexp_replace(words, '^(wysyłka |dostawa )?(w ciągu |w |do |within |in |up to |bis |max\.? |ca\.? |ok\.? )?', ''),
        '^(\d{1,4})(?:[.,]0+)?(?: ?(?:-|–|—|do|to|bis) ?(\d{1,4})(?:[.,]0+)?)? ?([^\d.,+\-].*)?$', ['low', 'high', 'unit']) AS part
    FROM texts
),
counted AS (
    SELECT raw, words, TRY_CAST(part.low AS INTEGER) AS low,
        TRY_CAST(coalesce(nullif(part.high, ''), part.low) AS INTEGER) AS high,
        CASE
            WHEN part.unit = '' OR regexp_full_match(part.unit, '(d|dni|dzień|dnia|dn|days?|tage?n?|werktage?n?|den|dny|dní|dnů)\.?( robocz[aey]\w*)?|(business|working) days?|arbeitstage?n?|pracovní(ch)? dn\w+') THEN 1.0
            WHEN regexp_full_match(part.unit, '(h|g|godz|godzin|godziny|godzina|hours?|hod|hodin|std|stunden?)\.?') THEN 1 / 24.0
            WHEN regexp_full_match(part.unit, '(tyg|tydz|tydzień|tygodni|tygodnie|weeks?|wochen?|týden|týdny|týdnů)\.?') THEN 7.0
        END AS days_a_unit,
        CASE
            WHEN regexp_matches(words, '^\d{4}-\d{2}-\d{2}([ t]\d{1,2}:.*)?$')
                THEN TRY_STRPTIME(left(words, 10), '%Y-%m-%d')
            WHEN regexp_matches(words, '^\d{1,2}\.\d{1,2}\.\d{4}( \d{1,2}:.*)?$')
                THEN TRY_STRPTIME(split_part(words, ' ', 1), '%d.%m.%Y')
        END::DATE AS day
    FROM bare
)
SELECT raw,
    -- `2025` or `999` is no promise: as in the block, 365 days is the most
    CASE WHEN delivery_words.word IS NOT NULL THEN delivery_words.days
         WHEN low <= high AND day IS NULL AND high * days_a_unit <= 365 THEN ceil(high * days_a_unit)::INTEGER
    END AS delivery_days,
    CASE WHEN day BETWEEN DATE '2000-01-01' AND DATE '2100-01-01' THEN day END AS available_from
FROM counted LEFT JOIN delivery_words ON delivery_words.word = rtrim(words, '.');

CREATE OR REPLACE TABLE judged AS
WITH texts AS (
    SELECT row_number, stock_quantity, is_available, delivery_days, purchase_price, trimmed(sku) AS sku,
        trimmed(supplier_sku) AS supplier_sku, trimmed(ean) AS ean, trimmed(available_later) AS available_later,
        trimmed(name) AS name
    FROM rows
),
meant AS (
    SELECT * REPLACE (unless_nothing(sku) AS sku, unless_nothing(supplier_sku) AS supplier_sku,
        unless_nothing(available_later) AS available_later, unless_nothing(name) AS name),
        unless_nothing(ean) AS raw_ean
    FROM texts
),
digits AS (
    SELECT *, code_digits(raw_ean) AS digits FROM meant
),
counted AS (
    SELECT *, CASE WHEN length(digits) <= 14 THEN TRY_CAST(digits AS BIGINT) END AS n FROM digits
),
checked AS (
    SELECT *, gtin(digits, n) AS code FROM counted
),
codes AS (
    SELECT *, gtin_kind(code) AS kind FROM checked
)
SELECT codes.row_number,
    codes.supplier_sku,
    codes.sku,
    raw_ean,
    CASE WHEN kind IS NULL THEN code END AS ean,
    CASE
        WHEN raw_ean IS NULL THEN NULL
        WHEN code IS NOT NULL THEN kind
        WHEN regexp_full_match(raw_ean, '\d+([.,]\d+)?[eE]\+?\d+') THEN 'spreadsheet_code'
        WHEN regexp_matches(raw_ean, '\d{8}.*[,;|/ ].*\d{8}') THEN 'several_codes'
        ELSE 'invalid_gtin'
    END AS ean_reason,
    stock.stock_quantity,
    -- two columns that contradict each other: the one that says no
    CASE WHEN availabilities.is_available IS NULL THEN stock.is_available
         ELSE availabilities.is_available AND coalesce(stock.is_available, true) END AS is_available,
    stock.reason_code AS stock_reason,
    availabilities.reason_code AS availability_reason,
    CASE WHEN deliveries.available_from IS NULL
         THEN coalesce(deliveries.delivery_days, $default_delivery_days) END::INTEGER AS delivery_days,
    deliveries.available_from,
    deliveries.raw IS NOT NULL AND deliveries.delivery_days IS NULL AND deliveries.available_from IS NULL
        AS is_delivery_unknown,
    price.purchase_price,
    CASE WHEN price.purchase_price IS NOT NULL THEN coalesce(price.currency, $currency) END AS currency,
    price.reason_code AS price_reason,
    codes.available_later,
    codes.name,
    NULL::BIGINT AS contractor_id,
    NULL::VARCHAR AS unknown_contractor,
    NULL::STRUCT(delivery_days INTEGER, stock_quantity BIGINT)[] AS warehouses,
    codes.stock_quantity AS raw_stock, codes.is_available AS raw_availability, codes.delivery_days AS raw_delivery,
    codes.purchase_price AS raw_price
FROM codes
LEFT JOIN numbers AS stock ON stock.field = 'stock_quantity' AND stock.raw = codes.stock_quantity
LEFT JOIN numbers AS price ON price.field = 'purchase_price' AND price.raw = codes.purchase_price
LEFT JOIN availabilities ON availabilities.raw = codes.is_available
LEFT JOIN deliveries ON deliveries.raw = codes.delivery_days;
