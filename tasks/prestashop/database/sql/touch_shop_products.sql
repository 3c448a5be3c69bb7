UPDATE {prefix}product_shop FORCE INDEX (PRIMARY)
SET date_upd = utc_timestamp() + INTERVAL %(ahead)s SECOND
WHERE id_product IN %(ids)s AND id_shop = %(id_shop)s AND date_upd < utc_timestamp() + INTERVAL %(ahead)s SECOND
