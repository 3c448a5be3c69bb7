-- the last row of a name wins, as in configuration.sql
SELECT value
FROM {prefix}configuration
WHERE name = 'PS_TIMEZONE'
  AND (coalesce(id_shop, 0) = %(id_shop)s
       OR (coalesce(id_shop, 0) = 0 AND coalesce(id_shop_group, 0) IN (0, %(id_shop_group)s)))
ORDER BY coalesce(id_shop, 0), coalesce(id_shop_group, 0), id_configuration
