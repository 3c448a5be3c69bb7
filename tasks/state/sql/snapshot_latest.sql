-- The newest snapshots of a feed, whatever was made of them, newest first.
SELECT * FROM feed_snapshots WHERE integration_id = :integration_id AND part = :part ORDER BY fetched_at DESC LIMIT :most
