-- Whether a person gave the whole shop back, or paused it, and why.
SELECT kind, reason, until, decided_by, decided_at FROM pins
WHERE integration_id = :integration_id AND product_id IS NULL AND supplier_id IS NULL AND kind IN ('released', 'hold')
  AND ended_at IS NULL AND (until IS NULL OR until > :now)
ORDER BY decided_at, id
