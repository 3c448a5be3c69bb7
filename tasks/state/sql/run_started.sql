INSERT INTO runs (id, flow, integration_id, started_at, status) VALUES (:id, :flow, :integration_id, :started_at, 'running')
ON CONFLICT (id) DO UPDATE SET started_at = excluded.started_at, status = 'running', ended_at = NULL, message = NULL
