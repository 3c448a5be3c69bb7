-- The runs of one flow for an integration that were started since a time, oldest first.
SELECT id, started_at, ended_at, status, summary, message FROM runs
WHERE integration_id = :integration_id AND flow = :flow AND started_at >= :since
ORDER BY started_at, id
