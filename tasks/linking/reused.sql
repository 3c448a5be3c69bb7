-- Whether a code stands for another item than before, by the rule of stale.sql. In: $sku, $ean, $other_sku, $other_ean.
SELECT codes_differ(k.sku, k.gtin, k.other_sku, k.other_gtin)
   AND NOT codes_agree(k.sku, k.gtin, k.other_sku, k.other_gtin) AS reused
FROM (SELECT sku_key($sku) AS sku, gtin_key($ean) AS gtin, sku_key($other_sku) AS other_sku,
             gtin_key($other_ean) AS other_gtin) k
