-- Each feed, or file of one: how it is doing, since when its content is known (the newest version that was believed), and
-- what the newest version holds, whatever was made of it.
SELECT h.integration_id, h.part, h.confirmed_at, h.held_since, h.stale_since, believed.fetched_at,
  newest.rows_read, newest.rows_rejected, newest.offers, newest.available
FROM feed_health h
LEFT JOIN feed_snapshots believed ON believed.id = (
  SELECT s.id FROM feed_snapshots s
  WHERE s.integration_id = h.integration_id AND s.part = h.part AND (s.verdict = 'passed' OR s.approved_at IS NOT NULL)
  ORDER BY s.fetched_at DESC LIMIT 1)
LEFT JOIN feed_snapshots newest ON newest.id = (
  SELECT s.id FROM feed_snapshots s
  WHERE s.integration_id = h.integration_id AND s.part = h.part ORDER BY s.fetched_at DESC LIMIT 1)
ORDER BY h.integration_id, h.part
