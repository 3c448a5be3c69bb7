-- Snapshots whose files are read still, however old they are: the newest of each part of a feed, the believed one that
-- was in force at `since` (so the last good one stays for ever), what was met or approved since then, and what rows name.
WITH ranked AS (
  SELECT id, fetched_at, last_seen_at, approved_at, is_good,
    row_number() OVER (PARTITION BY integration_id, part ORDER BY fetched_at DESC) AS newest,
    row_number() OVER (PARTITION BY integration_id, part, is_good, fetched_at < :since ORDER BY fetched_at DESC) AS in_force,
    row_number() OVER (PARTITION BY integration_id, is_good, coalesce(approved_at, fetched_at) < :since
      ORDER BY coalesce(approved_at, fetched_at) DESC) AS in_force_by_approval
  FROM (SELECT *, verdict = 'passed' OR approved_at IS NOT NULL AS is_good FROM feed_snapshots) AS told
)
SELECT id FROM ranked
WHERE newest = 1
   OR (is_good AND ((in_force = 1 AND fetched_at < :since)
     OR (in_force_by_approval = 1 AND coalesce(approved_at, fetched_at) < :since)))
   OR fetched_at >= :since OR last_seen_at >= :since OR approved_at >= :since
UNION SELECT held_snapshot_id FROM feed_health WHERE held_snapshot_id IS NOT NULL
UNION SELECT snapshot_id FROM feed_sources
