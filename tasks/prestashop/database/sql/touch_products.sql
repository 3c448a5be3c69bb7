-- a date that is later already stays: somebody saved the product since
UPDATE {prefix}product FORCE INDEX (PRIMARY)
SET date_upd = utc_timestamp() + INTERVAL %(ahead)s SECOND
WHERE id_product IN %(ids)s AND date_upd < utc_timestamp() + INTERVAL %(ahead)s SECOND
