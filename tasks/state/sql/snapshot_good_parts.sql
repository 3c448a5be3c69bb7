-- The newest believed snapshot of each named part of a supplier's feed, but one. (A file without a name was the only one.)
SELECT * FROM (
  SELECT *, row_number() OVER (PARTITION BY part ORDER BY fetched_at DESC) AS place FROM feed_snapshots
  WHERE integration_id = :integration_id AND part NOT IN ('', :part) AND (verdict = 'passed' OR approved_at IS NOT NULL)
) AS good
WHERE place = 1 ORDER BY part
