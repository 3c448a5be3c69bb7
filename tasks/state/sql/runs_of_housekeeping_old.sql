-- Old runs of the housekeeping, of which there is one every few minutes.
SELECT id FROM runs WHERE flow IN ('monitor-queues', 'prune-runs', 'retry-failed-runs') AND started_at < :before
ORDER BY started_at LIMIT :most
