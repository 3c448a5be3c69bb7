-- Old runs that nothing asks for any more. Kept: the newest of an integration, a flow and an end (whether a shop's last sync
-- was held back is looked up there), and runs whose change set has a row.
SELECT id FROM runs AS r
WHERE started_at < :before
  AND NOT EXISTS (SELECT 1 FROM change_sets c WHERE c.run_id = r.id)
  AND (integration_id IS NULL OR EXISTS (SELECT 1 FROM runs n
    WHERE n.integration_id = r.integration_id AND n.flow = r.flow AND n.status = r.status AND n.started_at > r.started_at))
ORDER BY started_at LIMIT :most
