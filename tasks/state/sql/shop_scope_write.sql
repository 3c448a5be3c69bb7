INSERT INTO shop_scopes (integration_id, name, shop_database, text_rows, flag_rows, label_rows, run_id)
VALUES (:integration_id, :name, :shop_database, :text_rows, :flag_rows, :label_rows, :run_id)
ON CONFLICT (integration_id) DO UPDATE SET name = excluded.name, shop_database = excluded.shop_database,
  text_rows = excluded.text_rows, flag_rows = excluded.flag_rows, label_rows = excluded.label_rows, run_id = excluded.run_id
