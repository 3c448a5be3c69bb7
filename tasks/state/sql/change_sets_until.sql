-- The newest change sets begun until a time, which one run was still writing then. (Asked for by its run as well, a planner
-- would rather read the whole table than go back by the index.)
SELECT id, run_id, begun_at, ended_at FROM change_sets
WHERE integration_id = :integration_id AND begun_at <= :at ORDER BY begun_at DESC LIMIT 3
