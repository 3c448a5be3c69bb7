SELECT id, flow, integration_id, started_at, ended_at, status, summary, message FROM runs WHERE id = :id
