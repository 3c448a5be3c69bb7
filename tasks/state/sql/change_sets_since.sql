-- What was written to a shop since a time: its change sets, oldest first.
SELECT id, run_id, begun_at, ended_at FROM change_sets
WHERE integration_id = :integration_id AND begun_at >= :since
ORDER BY begun_at, id
