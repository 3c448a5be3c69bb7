INSERT INTO suppliers (integration_id, name, delivery, timezone, price_kind, run_id)
VALUES (:integration_id, :name, :delivery, :timezone, :price_kind, :run_id)
ON CONFLICT (integration_id) DO UPDATE SET name = excluded.name, delivery = excluded.delivery,
  timezone = excluded.timezone, price_kind = excluded.price_kind, run_id = excluded.run_id
