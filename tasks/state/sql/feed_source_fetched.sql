INSERT INTO feed_sources (integration_id, part, source_hash, snapshot_id, etag, last_modified, whole_at)
VALUES (:integration_id, :part, :source_hash, :snapshot_id, :etag, :last_modified, :whole_at)
ON CONFLICT (integration_id, part) DO UPDATE SET source_hash = excluded.source_hash, snapshot_id = excluded.snapshot_id,
  etag = excluded.etag, last_modified = excluded.last_modified, whole_at = excluded.whole_at
