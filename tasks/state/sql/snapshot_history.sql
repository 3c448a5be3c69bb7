-- The good snapshots of a feed since a time, newest first, with the numbers that they were judged by.
SELECT id, fetched_at, available, approved_at, numbers FROM feed_snapshots
WHERE integration_id = :integration_id AND part = :part AND (verdict = 'passed' OR approved_at IS NOT NULL) AND fetched_at >= :since
ORDER BY fetched_at DESC LIMIT 500
