-- The snapshots of a feed, believed or not, that came or were served again since a time.
SELECT id, part, verdict, available FROM feed_snapshots
WHERE integration_id = :integration_id AND (fetched_at >= :since OR last_seen_at >= :since OR approved_at >= :since)
