INSERT INTO change_sets (id, integration_id, run_id, begun_at) VALUES (:id, :integration_id, :run_id, :begun_at)
ON CONFLICT (id) DO NOTHING
