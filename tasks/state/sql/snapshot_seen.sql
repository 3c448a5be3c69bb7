UPDATE feed_snapshots SET last_seen_at = :seen_at WHERE id = :id
