-- Each shop: whether a person paused it or gave it back, and its last sync that came to a decision about all products.
SELECT s.integration_id, s.name,
  (SELECT count(*) FROM pins p WHERE p.integration_id = s.integration_id AND p.product_id IS NULL AND p.supplier_id IS NULL
    AND p.kind = 'hold' AND p.ended_at IS NULL AND (p.until IS NULL OR p.until > :now)) AS paused,
  (SELECT count(*) FROM pins p WHERE p.integration_id = s.integration_id AND p.product_id IS NULL AND p.supplier_id IS NULL
    AND p.kind = 'released' AND p.ended_at IS NULL AND (p.until IS NULL OR p.until > :now)) AS given_back,
  (SELECT r.summary FROM runs r
    WHERE r.integration_id = s.integration_id AND r.flow = 'sync-availability'
      AND r.status IN ('completed', 'unchanged', 'quarantined')
      AND r.summary ->> 'contractor' IS NULL AND CAST(r.summary ->> 'wanted' AS BIGINT) > 0
    ORDER BY r.started_at DESC LIMIT 1) AS summary
FROM shop_scopes s ORDER BY s.integration_id
