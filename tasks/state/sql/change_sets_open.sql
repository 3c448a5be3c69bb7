-- Change sets that were begun and not ended, the oldest first: a crash cut them short.
SELECT id FROM change_sets WHERE integration_id = :integration_id AND ended_at IS NULL ORDER BY begun_at
