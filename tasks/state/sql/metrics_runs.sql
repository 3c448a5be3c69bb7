-- Of each integration and flow that ran since a time: its last run (`what` = last) and the last that went through (good).
-- Trials (a dry run, a limit, one contractor) say nothing, nor does what is at work still. All is found by the index, one
-- integration after the other, newest first; CASE keeps the summary, which is dear to look into, for the last.
WITH RECURSIVE integrations(id) AS (
  SELECT min(integration_id) FROM runs
  UNION ALL
  SELECT (SELECT min(integration_id) FROM runs WHERE integration_id > i.id) FROM integrations i WHERE i.id IS NOT NULL
),
known AS (
  SELECT DISTINCT r.integration_id, r.flow FROM integrations i JOIN runs r ON r.integration_id = i.id AND r.started_at >= :since
),
found AS (
  SELECT 'last' AS what, (SELECT r.id FROM runs r
    WHERE r.integration_id = k.integration_id AND CASE WHEN r.flow = k.flow AND r.ended_at IS NOT NULL
      THEN coalesce(CAST(r.summary ->> 'dry_run' AS TEXT), 'false') IN ('false', '0')
        AND r.summary ->> 'limit' IS NULL AND r.summary ->> 'contractor' IS NULL ELSE false END
    ORDER BY r.started_at DESC LIMIT 1) AS id
  FROM known k
  UNION ALL
  SELECT 'good', (SELECT r.id FROM runs r
    WHERE r.integration_id = k.integration_id AND CASE WHEN r.flow = k.flow AND r.status IN ('completed', 'unchanged')
      THEN CAST(r.summary ->> 'dry_run' AS TEXT) IN ('false', '0')
        AND r.summary ->> 'limit' IS NULL AND r.summary ->> 'contractor' IS NULL ELSE false END
    ORDER BY r.started_at DESC LIMIT 1)
  FROM known k
)
SELECT f.what, r.flow, r.integration_id, r.started_at, r.ended_at, r.status, r.summary
FROM found f JOIN runs r ON r.id = f.id
ORDER BY r.integration_id, r.flow, f.what
