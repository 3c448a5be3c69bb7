SELECT s.id_shop, s.id_shop_group, g.share_stock, s.name
FROM {prefix}shop s
JOIN {prefix}shop_group g ON g.id_shop_group = s.id_shop_group
WHERE s.deleted = 0
ORDER BY s.id_shop
