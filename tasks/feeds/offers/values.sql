-- The strict grammar of a feed's values, as macros over text. What fits none of it is NULL, never 0.

-- All kinds of blanks: the plain ones, and by their numbers the hard, thin and invisible ones.
CREATE OR REPLACE MACRO blanks() AS
    ' ' || chr(9) || chr(10) || chr(13) || chr(160) || chr(8194) || chr(8195) || chr(8199) || chr(8200) || chr(8201)
    || chr(8202) || chr(8203) || chr(8239) || chr(12288) || chr(65279);

-- Without the blanks around it.
CREATE OR REPLACE MACRO trimmed(x) AS
    regexp_replace(x, '^[\s\x{00A0}\x{2000}-\x{200B}\x{202F}\x{3000}\x{FEFF}]+|[\s\x{00A0}\x{2000}-\x{200B}\x{202F}\x{3000}\x{FEFF}]+$', '', 'g');

-- NULL where a trimmed text is empty or only a sign for "nothing".
CREATE OR REPLACE MACRO unless_nothing(x) AS
    CASE WHEN x IN ('', '-', '--', '—', 'n/a', 'N/A', 'null', 'NULL', 'b/d') THEN NULL ELSE x END;

CREATE OR REPLACE MACRO given(x) AS unless_nothing(trimmed(x));

-- Lower case, each run of blanks (hard and thin ones too) one space: for words and numbers.
CREATE OR REPLACE MACRO squeezed(x) AS
    lower(trim(regexp_replace(x, '[\s\x{00A0}\x{2000}-\x{200B}\x{202F}\x{3000}\x{FEFF}]+', ' ', 'g')));

-- Bounds and units of a stock, as they begin and end its text.
CREATE OR REPLACE MACRO below_words() AS '^(<|poniżej |mniej niż |less than |under |below |unter |weniger als ) ?';
CREATE OR REPLACE MACRO at_least_words() AS
    '^(>=?|≥|ponad |powyżej |więcej niż |od |min\.? |over |more than |über |mehr als ) ?';
CREATE OR REPLACE MACRO above_words() AS '^(>[^=]|ponad |powyżej |więcej niż |over |more than |über |mehr als )';
CREATE OR REPLACE MACRO unit_words() AS '((szt|sztuk|sztuki|sztuka|pcs|pc|pieces|ks|stk|st|stück)\.?)?';

-- `1 234,56` -> `1234,56`; other spaces inside a number stay and spoil it.
CREATE OR REPLACE MACRO ungrouped(x) AS
    CASE WHEN regexp_full_match(x, '\d{1,3}( \d{3})+([.,]\d+)?') THEN replace(x, ' ', '') ELSE x END;

-- What the text alone tells about its signs: 'plain', 'comma' or 'point' (that is its decimal sign), the same with
-- '_grouped' (the other sign groups thousands), 'comma?' or 'point?' (decimal sign or thousands), NULL: no number.
CREATE OR REPLACE MACRO number_shape(x) AS
    CASE
        WHEN regexp_full_match(x, '\d+') THEN 'plain'
        WHEN regexp_full_match(x, '[1-9]\d{0,2},\d{3}') THEN 'comma?'
        WHEN regexp_full_match(x, '[1-9]\d{0,2}\.\d{3}') THEN 'point?'
        WHEN regexp_full_match(x, '\d+,\d+') THEN 'comma'
        WHEN regexp_full_match(x, '\d+\.\d+') THEN 'point'
        WHEN regexp_full_match(x, '[1-9]\d{0,2}((\.\d{3})+,\d+|(\.\d{3}){2,})') THEN 'comma_grouped'
        WHEN regexp_full_match(x, '[1-9]\d{0,2}((,\d{3})+\.\d+|(,\d{3}){2,})') THEN 'point_grouped'
    END;

-- Number text with a decimal point and nothing else; NULL where the shape does not fit the column's decimal sign.
-- `grouped`: the column is known to group its thousands with the other sign.
CREATE OR REPLACE MACRO normal_number(x, shape, decimal_sign, is_grouped) AS
    CASE
        WHEN shape = 'plain' THEN x
        WHEN decimal_sign IS NULL THEN NULL
        WHEN shape IN (decimal_sign, decimal_sign || '?', decimal_sign || '_grouped')
            THEN CASE decimal_sign WHEN 'comma' THEN replace(replace(x, '.', ''), ',', '.') ELSE replace(x, ',', '') END
        WHEN is_grouped AND shape IN ('comma?', 'point?') THEN replace(replace(x, '.', ''), ',', '')
    END;

-- GTIN's mod-10 check over up to 14 digits (leading zeros don't change it).
CREATE OR REPLACE MACRO check_digit_fits(n) AS
    (   n % 10 + n // 100 % 10 + n // 10000 % 10 + n // 1000000 % 10 + n // 100000000 % 10
      + n // 10000000000 % 10 + n // 1000000000000 % 10
      + 3 * (n // 10 % 10 + n // 1000 % 10 + n // 100000 % 10 + n // 10000000 % 10 + n // 1000000000 % 10
             + n // 100000000000 % 10 + n // 10000000000000 % 10)) % 10 = 0;

-- A code without the blanks, hyphens and quotes that spreadsheets and people put in, and without a `.0`.
CREATE OR REPLACE MACRO code_digits(x) AS
    CASE WHEN regexp_full_match(x, '\d+') THEN x
         ELSE regexp_replace(regexp_replace(x, '[\s\x{00A0}\-''"=]', '', 'g'), '[.,]0+$', '') END;

-- Digits and the number they make -> a valid GTIN, with the leading zero that a spreadsheet took away put back where
-- the check digit proves it: 12 digits (or 11, a UPC-12 without its zero) become EAN-13; 8, 13 and 14 stay.
CREATE OR REPLACE MACRO gtin(digits, n) AS
    CASE WHEN length(digits) IN (8, 11, 12, 13, 14) AND n > 0 AND check_digit_fits(n)
         THEN CASE WHEN length(digits) IN (11, 12) THEN lpad(digits, 13, '0') ELSE digits END END;

-- The prefix that tells a GTIN's kind: of its EAN-13 or GTIN-14 body; a GTIN-8 has its own numbering.
CREATE OR REPLACE MACRO gtin_kind(code) AS
    CASE
        WHEN length(code) = 8 THEN CASE WHEN left(code, 1) IN ('0', '2') THEN 'in_store_code' END
        WHEN left(right(code, 13), 2) IN ('02', '04', '20', '21', '22', '23', '24', '25', '26', '27', '28', '29')
            THEN 'in_store_code'
        WHEN left(right(code, 13), 2) IN ('98', '99') THEN 'coupon_code'
    END;
