-- The row of a snapshot that is old and whose files are gone.
DELETE FROM feed_snapshots WHERE id = :id AND fetched_at < :before RETURNING id
