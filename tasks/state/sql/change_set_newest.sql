SELECT id, run_id, begun_at, ended_at FROM change_sets
WHERE integration_id = :integration_id ORDER BY begun_at DESC LIMIT 1
