-- Whether a supplier's own words may stand in a shop as they are: they say something, are no markup (PrestaShop's
-- isGenericName), fit the column of 255 characters and, where `only_bmp`, a table that can't hold 4-byte characters.
CREATE OR REPLACE MACRO is_plain_text(t, only_bmp) AS
    coalesce(length(t) <= 255
        AND regexp_matches(t, '[\pL\pN]')
        AND NOT regexp_matches(t, '[<>{}=\x{0000}-\x{001F}\x{007F}]')
        AND NOT (only_bmp AND regexp_matches(t, '[\x{10000}-\x{10FFFF}]')), false);
