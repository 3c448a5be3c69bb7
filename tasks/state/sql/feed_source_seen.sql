UPDATE feed_sources SET seen_at = :seen_at
WHERE integration_id = :integration_id AND snapshot_id = :snapshot_id AND source_hash = :source_hash
