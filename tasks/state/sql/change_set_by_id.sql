-- A change set that was begun to be written, whichever shop's it is.
SELECT id, integration_id, run_id, begun_at, ended_at FROM change_sets WHERE id = :id
