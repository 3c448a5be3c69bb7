-- How each file of a supplier is doing.
SELECT part, confirmed_at, held_since, held_snapshot_id, stale_since FROM feed_health
WHERE integration_id = :integration_id ORDER BY part
