-- the last row of a name wins: names are not unique, and a shop's own value stands before its group's and the global one
SELECT name, value
FROM {prefix}configuration
WHERE name IN ('PS_VERSION_DB', 'PS_LANG_DEFAULT', 'PS_STOCK_MANAGEMENT', 'PS_CATALOG_MODE', 'PS_CURRENCY_DEFAULT',
               'PS_ORDER_OUT_OF_STOCK')
  AND (coalesce(id_shop, 0) = %(id_shop)s
       OR (coalesce(id_shop, 0) = 0 AND coalesce(id_shop_group, 0) IN (0, %(id_shop_group)s)))
ORDER BY coalesce(id_shop, 0), coalesce(id_shop_group, 0), id_configuration
