-- The same of flows that work on no integration: the housekeeping, and what a person looks up.
WITH known AS (
  SELECT DISTINCT flow FROM runs WHERE integration_id IS NULL AND started_at >= :since
),
found AS (
  SELECT 'last' AS what, (SELECT r.id FROM runs r
    WHERE r.integration_id IS NULL AND CASE WHEN r.flow = k.flow AND r.ended_at IS NOT NULL
      THEN coalesce(CAST(r.summary ->> 'dry_run' AS TEXT), 'false') IN ('false', '0') ELSE false END
    ORDER BY r.started_at DESC LIMIT 1) AS id
  FROM known k
  UNION ALL
  SELECT 'good', (SELECT r.id FROM runs r
    WHERE r.integration_id IS NULL AND CASE WHEN r.flow = k.flow AND r.status IN ('completed', 'unchanged')
      THEN CAST(r.summary ->> 'dry_run' AS TEXT) IN ('false', '0') ELSE false END
    ORDER BY r.started_at DESC LIMIT 1)
  FROM known k
)
SELECT f.what, r.flow, r.integration_id, r.started_at, r.ended_at, r.status, r.summary
FROM found f JOIN runs r ON r.id = f.id
ORDER BY r.flow, f.what
