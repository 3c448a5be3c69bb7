INSERT INTO pins (id, integration_id, product_id, supplier_id, kind, reason, until, decided_by, decided_at, run_id)
VALUES (:id, :integration_id, :product_id, :supplier_id, :kind, :reason, :until, :decided_by, :decided_at, :run_id)
