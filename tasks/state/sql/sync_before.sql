-- How the last sync of a shop ended that came as far as its gate. A trial (a dry run, a limit, one contractor) says
-- nothing about the shop.
SELECT status FROM runs
WHERE integration_id = :integration_id AND flow = 'sync-availability' AND id <> :id
  AND status IN ('completed', 'unchanged', 'quarantined')
  AND summary ->> 'limit' IS NULL AND summary ->> 'contractor' IS NULL
  AND CAST(summary ->> 'dry_run' AS TEXT) IN ('false', '0')
ORDER BY started_at DESC, id DESC LIMIT 1
