-- The change set that a run was writing at a time.
SELECT id, run_id, begun_at, ended_at FROM change_sets
WHERE integration_id = :integration_id AND begun_at <= :at AND run_id = :run_id ORDER BY begun_at DESC LIMIT 1
