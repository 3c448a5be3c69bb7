-- All snapshots that have a row.
SELECT id, integration_id FROM feed_snapshots
