SELECT * FROM feed_snapshots WHERE id = :id AND integration_id = :integration_id
