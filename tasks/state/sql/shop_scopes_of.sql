-- Who writes which rows of a shop's database, the asking integration among them.
SELECT integration_id, name, shop_database, text_rows, flag_rows, label_rows FROM shop_scopes
WHERE shop_database = :shop_database OR integration_id = :integration_id
ORDER BY integration_id
