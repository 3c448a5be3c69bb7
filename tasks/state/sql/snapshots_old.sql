SELECT id, integration_id FROM feed_snapshots WHERE fetched_at < :before ORDER BY fetched_at LIMIT :most
