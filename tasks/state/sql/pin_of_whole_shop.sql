-- Whether a person gave the whole shop back, and why.
SELECT reason, decided_by, decided_at FROM pins
WHERE integration_id = :integration_id AND product_id IS NULL AND supplier_id IS NULL AND kind = 'released'
  AND ended_at IS NULL
