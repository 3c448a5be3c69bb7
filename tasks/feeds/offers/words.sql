-- The words of the grammar, lower case: availability, delivery, currencies, and what each reject reason says.

CREATE OR REPLACE TABLE availability_words AS
SELECT unnest(words) AS word, is_available
FROM (VALUES
    (true, ['tak', 'yes', 'y', 't', 'true', 'prawda', 'ja', 'ano', 'dostępny', 'dostępna', 'dostępne', 'dostepny',
            'dostępny od ręki', 'na stanie', 'w magazynie', 'jest', 'in stock', 'in_stock', 'instock', 'available',
            'auf lager', 'lagernd', 'verfügbar', 'skladem', 'limited availability', 'limited_availability']),
    -- the supplier does not have these now, whatever he may order or make later
    (false, ['nie', 'no', 'n', 'f', 'false', 'fałsz', 'nein', 'ne', 'brak', 'brak w magazynie', 'niedostępny',
             'niedostępna', 'niedostępne', 'niedostepny', 'wyprzedany', 'wyprzedane', 'out of stock', 'out_of_stock',
             'outofstock', 'sold out', 'unavailable', 'not available', 'discontinued', 'nicht verfügbar', 'ausverkauft',
             'není skladem', 'nedostupné', 'vyprodáno', 'na zamówienie', 'na zapytanie', 'zapowiedź', 'przedsprzedaż',
             'preorder', 'pre-order', 'pre_order', 'backorder', 'back-order', 'back_order', 'on order', 'on request',
             'auf anfrage', 'na objednávku', 'na dotaz'])
) AS listed(is_available, words);

CREATE OR REPLACE TABLE delivery_words AS
SELECT unnest(words) AS word, days
FROM (VALUES
    (0, ['ihned', 'od ręki', 'od reki', 'dzisiaj', 'dziś', 'natychmiast', 'natychmiastowa', 'sofort', 'heute',
         'immediately', 'same day', 'same_day', 'today', 'skladem', 'wysyłka dzisiaj', 'na magazynie']),
    (1, ['jutro', 'tomorrow', 'morgen', 'zítra', 'następny dzień', 'next day'])
) AS listed(days, words);

CREATE OR REPLACE TABLE currency_signs AS
SELECT unnest(signs) AS sign, currency
FROM (VALUES
    ('PLN', ['zł', 'zl', 'zł.', 'pln']), ('EUR', ['€', 'eur', 'euro']), ('CZK', ['kč', 'kc', 'czk', 'kč.']),
    ('USD', ['$', 'usd', 'us$']), ('GBP', ['£', 'gbp']), ('HUF', ['ft', 'huf']), ('RON', ['lei', 'ron']),
    ('SEK', ['sek']), ('NOK', ['nok']), ('DKK', ['dkk']), ('CHF', ['chf']), ('BGN', ['bgn', 'лв']), ('UAH', ['uah', '₴'])
) AS listed(currency, signs);

CREATE OR REPLACE TABLE reasons AS
SELECT * FROM (VALUES
    ('too_few_columns', 'the record has fewer columns than the header'),
    ('too_many_columns', 'the record has more columns than the header'),
    ('broken_quotes', 'the record has a quote in the middle of a quoted text'),
    ('several_values', 'the record gives several different values for one field'),
    ('not_an_object', 'a plain value where a record was expected'),
    ('no_key', 'neither a SKU nor a usable EAN'),
    ('too_long', 'longer than 255 characters'),
    ('no_stock', 'neither a stock quantity nor an availability'),
    ('negative_stock', 'a negative stock; whether it means none or unlimited is for the supplier to say'),
    ('unknown_stock', 'not a number, a bound such as >20, or a known availability word'),
    ('unknown_availability', 'not a known availability word'),
    ('ambiguous_number', 'thousands or decimals can''t be told apart in this column; set the feed''s decimal sign'),
    ('too_large', 'larger than any stock or price'),
    ('unknown_delivery', 'not a number of days (365 at most) or hours, a range, a date, or a known word'),
    ('unknown_price', 'not a price'),
    ('negative_price', 'a negative price'),
    ('spreadsheet_code', 'a code that a spreadsheet turned into a rounded number; its digits are lost'),
    ('several_codes', 'several codes in one field'),
    ('invalid_gtin', 'not a GTIN: wrong length or check digit'),
    ('in_store_code', 'a GTIN for use inside one company only; other suppliers give it to other goods'),
    ('coupon_code', 'the code of a coupon, not of a product'),
    ('unknown_contractor', 'not a known contractor; the block''s own contractor number is used'),
    ('duplicate_last', 'the same key again further down; the last record counts'),
    ('duplicate_first', 'the same key again; the first record counts'),
    ('duplicate_max', 'the same key again; the record with the most stock counts'),
    ('duplicate_sum', 'the same key again further down; its stock was added to that record'),
    ('duplicate_reject', 'the same key several times; none of these records counts')
) AS listed(reason_code, reason);
