-- The same for the stock of warehouses, which is in several columns. In: warehouse_texts, meanings. Out: warehouse_texts.
UPDATE warehouse_texts SET raw = meant.means
FROM (
    SELECT texts.raw, coalesce(own.means, other.means) AS means
    FROM (SELECT DISTINCT raw FROM warehouse_texts) AS texts
    LEFT JOIN meanings AS own ON own.field = 'stock_quantity' AND own.word = squeezed(texts.raw)
    LEFT JOIN meanings AS other ON other.field = 'stock_quantity' AND other.word = '*'
    WHERE trimmed(texts.raw) <> ''
) AS meant
WHERE warehouse_texts.raw = meant.raw AND meant.means IS NOT NULL;
