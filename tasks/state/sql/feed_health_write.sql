INSERT INTO feed_health (integration_id, part, confirmed_at, held_since, held_snapshot_id, stale_since)
VALUES (:integration_id, :part, :confirmed_at, :held_since, :held_snapshot_id, :stale_since)
ON CONFLICT (integration_id, part) DO UPDATE SET confirmed_at = excluded.confirmed_at, held_since = excluded.held_since,
  held_snapshot_id = excluded.held_snapshot_id, stale_since = excluded.stale_since
