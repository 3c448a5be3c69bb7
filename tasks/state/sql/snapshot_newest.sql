-- The newest snapshot, whatever was made of it.
SELECT * FROM feed_snapshots WHERE integration_id = :integration_id AND part = :part ORDER BY fetched_at DESC LIMIT 1
