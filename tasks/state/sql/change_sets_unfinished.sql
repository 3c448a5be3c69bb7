SELECT id FROM change_sets
WHERE integration_id = :integration_id AND ended_at IS NULL AND id <> :id ORDER BY begun_at
