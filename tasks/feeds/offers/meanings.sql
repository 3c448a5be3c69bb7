-- A supplier's own words become known ones before the grammar sees them. A text with a meaning of its own gets that;
-- `*` stands for every other text. In: rows, meanings (field, word in lower case, means). Out: rows, changed.

UPDATE rows SET stock_quantity = meant.means
FROM (
    SELECT texts.raw, coalesce(own.means, other.means) AS means
    FROM (SELECT DISTINCT stock_quantity AS raw FROM rows WHERE stock_quantity IS NOT NULL) AS texts
    LEFT JOIN meanings AS own ON own.field = 'stock_quantity' AND own.word = squeezed(texts.raw)
    LEFT JOIN meanings AS other ON other.field = 'stock_quantity' AND other.word = '*'
    WHERE trimmed(texts.raw) <> ''
) AS meant
WHERE rows.stock_quantity = meant.raw AND meant.means IS NOT NULL;

UPDATE rows SET is_available = meant.means
FROM (
    SELECT texts.raw, coalesce(own.means, other.means) AS means
    FROM (SELECT DISTINCT is_available AS raw FROM rows WHERE is_available IS NOT NULL) AS texts
    LEFT JOIN meanings AS own ON own.field = 'is_available' AND own.word = squeezed(texts.raw)
    LEFT JOIN meanings AS other ON other.field = 'is_available' AND other.word = '*'
    WHERE trimmed(texts.raw) <> ''
) AS meant
WHERE rows.is_available = meant.raw AND meant.means IS NOT NULL;

UPDATE rows SET delivery_days = meant.means
FROM (
    SELECT texts.raw, coalesce(own.means, other.means) AS means
    FROM (SELECT DISTINCT delivery_days AS raw FROM rows WHERE delivery_days IS NOT NULL) AS texts
    LEFT JOIN meanings AS own ON own.field = 'delivery_days' AND own.word = squeezed(texts.raw)
    LEFT JOIN meanings AS other ON other.field = 'delivery_days' AND other.word = '*'
    WHERE trimmed(texts.raw) <> ''
) AS meant
WHERE rows.delivery_days = meant.raw AND meant.means IS NOT NULL;

UPDATE rows SET purchase_price = meant.means
FROM (
    SELECT texts.raw, coalesce(own.means, other.means) AS means
    FROM (SELECT DISTINCT purchase_price AS raw FROM rows WHERE purchase_price IS NOT NULL) AS texts
    LEFT JOIN meanings AS own ON own.field = 'purchase_price' AND own.word = squeezed(texts.raw)
    LEFT JOIN meanings AS other ON other.field = 'purchase_price' AND other.word = '*'
    WHERE trimmed(texts.raw) <> ''
) AS meant
WHERE rows.purchase_price = meant.raw AND meant.means IS NOT NULL;

UPDATE rows SET ean = meant.means
FROM (
    SELECT texts.raw, coalesce(own.means, other.means) AS means
    FROM (SELECT DISTINCT ean AS raw FROM rows WHERE ean IS NOT NULL) AS texts
    LEFT JOIN meanings AS own ON own.field = 'ean' AND own.word = squeezed(texts.raw)
    LEFT JOIN meanings AS other ON other.field = 'ean' AND other.word = '*'
    WHERE trimmed(texts.raw) <> ''
) AS meant
WHERE rows.ean = meant.raw AND meant.means IS NOT NULL;

UPDATE rows SET sku = meant.means
FROM (
    SELECT texts.raw, coalesce(own.means, other.means) AS means
    FROM (SELECT DISTINCT sku AS raw FROM rows WHERE sku IS NOT NULL) AS texts
    LEFT JOIN meanings AS own ON own.field = 'sku' AND own.word = squeezed(texts.raw)
    LEFT JOIN meanings AS other ON other.field = 'sku' AND other.word = '*'
    WHERE trimmed(texts.raw) <> ''
) AS meant
WHERE rows.sku = meant.raw AND meant.means IS NOT NULL;
