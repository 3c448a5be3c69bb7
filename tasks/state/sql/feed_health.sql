SELECT confirmed_at, held_since, held_snapshot_id, stale_since FROM feed_health WHERE integration_id = :integration_id AND part = :part
