-- What a supplier's links came from since a time: its believed snapshots since then, and the newest of before.
SELECT id, part, fetched_at, approved_at, last_seen_at FROM feed_snapshots
WHERE integration_id = :integration_id AND (verdict = 'passed' OR approved_at IS NOT NULL)
  AND coalesce(approved_at, fetched_at) >= coalesce(
    (SELECT max(coalesce(approved_at, fetched_at)) FROM feed_snapshots
     WHERE integration_id = :integration_id AND (verdict = 'passed' OR approved_at IS NOT NULL)
       AND coalesce(approved_at, fetched_at) < :since),
    :since)
ORDER BY coalesce(approved_at, fetched_at), id
