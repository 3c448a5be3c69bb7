-- The validators of a feed's newest snapshot, if it was believed, came from this address and was read by these settings.
SELECT f.etag, f.last_modified FROM feed_sources f
JOIN feed_snapshots s ON s.id = f.snapshot_id
WHERE f.integration_id = :integration_id AND f.part = :part AND f.source_hash = :source_hash
  AND f.whole_at > :whole_since
  AND (f.etag IS NOT NULL OR f.last_modified IS NOT NULL)
  AND s.settings_hash = :settings_hash AND (s.verdict = 'passed' OR s.approved_at IS NOT NULL)
  AND s.fetched_at = (SELECT max(fetched_at) FROM feed_snapshots
                      WHERE integration_id = :integration_id AND part = :part)
