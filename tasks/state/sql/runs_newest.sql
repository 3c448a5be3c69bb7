-- The newest runs of a flow for an integration, newest first.
SELECT id, flow, integration_id, started_at, ended_at, status, summary, message FROM runs
WHERE integration_id = :integration_id AND flow = :flow ORDER BY started_at DESC LIMIT :most
