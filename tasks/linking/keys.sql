-- The forms in which codes are compared.
-- Characters that are others in another shape, as Unicode's compatibility form (NFKC) has them: full-width letters,
-- digits and signs, raised and lowered digits, the hyphen that does not break. DuckDB itself only composes (NFC).
CREATE OR REPLACE MACRO plain_characters(code) AS
  CASE WHEN strlen(code) = length(code) THEN code
       ELSE translate(nfc_normalize(code),
         '！＂＃＄％＆＇（）＊＋，－．／０１２３４５６７８９：；＜＝＞？＠ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ［＼］＾＿｀ａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ｛｜｝～⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉ªº‑',
         '!"#$%&''()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\]^_`abcdefghijklmnopqrstuvwxyz{|}~01234567890123456789ao‐') END;

-- A SKU: plain characters, no outer spaces, inner spaces folded, upper case. `0000123` and `123` stay different, and so
-- do `Ż` and `Z`.
CREATE OR REPLACE MACRO sku_key(code) AS
  nullif(upper(trim(CASE WHEN regexp_full_match(code, '[!-~]*') THEN code
                         ELSE regexp_replace(plain_characters(code), '[\s\pZ]+', ' ', 'g') END)), '');

-- A supplier's key as the shop writes it: without what the supplier puts around the shop's reference, with what the shop
-- puts around the supplier's. Each of the four is a key itself, or '' for nothing.
CREATE OR REPLACE MACRO own_key(sku, remove_prefix, remove_suffix, add_prefix, add_suffix) AS
  CASE WHEN remove_prefix || remove_suffix || add_prefix || add_suffix = '' THEN sku
       ELSE add_prefix || nullif(regexp_replace(regexp_replace(sku, '^' || regexp_escape(remove_prefix), ''),
                                              regexp_escape(remove_suffix) || '$', ''), '') || add_suffix END;

-- The weighted sum of a GTIN without its check digit, of the code as a number: arithmetic is 5x as fast as text here.
CREATE OR REPLACE MACRO gtin_sum(n) AS
  3 * (n // 10000000000000 % 10 + n // 100000000000 % 10 + n // 1000000000 % 10 + n // 10000000 % 10
       + n // 100000 % 10 + n // 1000 % 10 + n // 10 % 10)
  + n // 1000000000000 % 10 + n // 10000000000 % 10 + n // 100000000 % 10 + n // 1000000 % 10 + n // 10000 % 10
  + n // 100 % 10;

-- A GTIN as 14 digits, only with a right check digit; NULL for anything else and for codes of one shop's own
-- making (02, 04, 20 to 29 of an EAN-13), which mean another product elsewhere.
CREATE OR REPLACE MACRO gtin_key(code) AS (
  CASE WHEN regexp_full_match(trim(code), '\d{8}|\d{12,14}') THEN
    -- the number in a list of one, so that the text is read once
    list_transform([code::BIGINT], lambda n:
      CASE WHEN n // 100000000000 NOT IN (2, 4) AND n // 1000000000000 <> 2 AND (10 - gtin_sum(n) % 10) % 10 = n % 10
           THEN lpad(n::VARCHAR, 14, '0') END)[1] END
);

-- Whether the codes that an item had and has speak for one item, or for two: keys, of which NULL says nothing.
CREATE OR REPLACE MACRO codes_agree(sku, gtin, other_sku, other_gtin) AS
  coalesce(sku = other_sku, false) OR coalesce(gtin = other_gtin, false);

CREATE OR REPLACE MACRO codes_differ(sku, gtin, other_sku, other_gtin) AS
  coalesce(sku <> other_sku, false) OR coalesce(gtin <> other_gtin, false);
