-- Runs that said they began and never that they ended, the oldest first.
SELECT id, flow, integration_id, started_at FROM runs WHERE status = 'running' AND started_at < :before
ORDER BY started_at LIMIT :most
