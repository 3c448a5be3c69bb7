-- What the runs that ended since a time did, by flow, integration and end; dry runs did nothing. `begun`: some time before
-- that, by which the runs are found in the index.
WITH RECURSIVE integrations(id) AS (
  SELECT min(integration_id) FROM runs
  UNION ALL
  SELECT (SELECT min(integration_id) FROM runs WHERE integration_id > i.id) FROM integrations i WHERE i.id IS NOT NULL
),
ended AS (
  SELECT r.flow, r.integration_id, r.status, r.summary
  FROM integrations i JOIN runs r ON r.integration_id = i.id AND r.started_at >= :begun AND r.ended_at >= :since
  UNION ALL
  SELECT flow, integration_id, status, summary
  FROM runs WHERE integration_id IS NULL AND started_at >= :begun AND ended_at >= :since
)
SELECT flow, integration_id, status, count(*) AS runs,
  sum(CASE flow WHEN 'import-feed' THEN CAST(summary ->> 'rows_read' AS BIGINT) END) AS rows_read,
  sum(CASE flow WHEN 'import-feed' THEN CAST(summary ->> 'rows_rejected' AS BIGINT) END) AS rows_rejected,
  sum(CASE flow WHEN 'import-feed' THEN
    CAST(summary ->> 'created' AS BIGINT) + CAST(summary ->> 'updated' AS BIGINT) END) AS links_written,
  sum(CASE WHEN flow IN ('sync-availability', 'undo-sync', 'release-products') THEN
    CAST(summary ->> 'written' AS BIGINT) END) AS products_written,
  sum(CASE WHEN flow IN ('sync-availability', 'undo-sync', 'release-products') THEN
    CAST(summary ->> 'rows_written' AS BIGINT) END) AS rows_written
FROM ended
WHERE coalesce(CAST(summary ->> 'dry_run' AS TEXT), 'false') IN ('false', '0')
GROUP BY flow, integration_id, status
ORDER BY integration_id, flow, status
