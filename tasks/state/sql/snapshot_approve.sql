UPDATE feed_snapshots SET approved_at = :approved_at WHERE id = :id AND approved_at IS NULL
