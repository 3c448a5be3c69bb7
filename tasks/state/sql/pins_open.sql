-- What persons decided about a shop's products, and holds now: neither ended by a newer word nor run out.
SELECT id, product_id, supplier_id, kind, reason, until, decided_by, decided_at, run_id FROM pins
WHERE integration_id = :integration_id AND ended_at IS NULL AND (until IS NULL OR until > :now)
ORDER BY decided_at, id
