-- The forms in which codes are compared.
-- A SKU: composed Unicode, no outer spaces, inner spaces folded, upper case. `0000123` and `123` stay different.
CREATE OR REPLACE MACRO sku_key(code) AS
  nullif(upper(trim(regexp_replace(nfc_normalize(code), '[\s\pZ]+', ' ', 'g'))), '');

CREATE OR REPLACE MACRO gtin_digits(code) AS trim(code);

-- A GTIN as 14 digits, only with a right check digit; NULL for anything else and for codes of one shop's own
-- making (02, 04, 20 to 29), which mean another product elsewhere.
CREATE OR REPLACE MACRO gtin_key(code) AS (
  CASE
    WHEN NOT regexp_full_match(gtin_digits(code), '\d{8}|\d{12,14}') THEN NULL
    WHEN regexp_full_match(lpad(gtin_digits(code), 14, '0'), '0(02|04|2)\d+') AND length(gtin_digits(code)) > 8
      THEN NULL
    WHEN (10 - list_sum([
           substr(lpad(gtin_digits(code), 14, '0'), place, 1)::INTEGER * (CASE WHEN place % 2 = 1 THEN 3 ELSE 1 END)
           FOR place IN range(1, 14)
         ]) % 10) % 10 = right(gtin_digits(code), 1)::INTEGER
      THEN lpad(gtin_digits(code), 14, '0')
  END
);
