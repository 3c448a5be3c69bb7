-- Change sets that ended and are old.
SELECT id, integration_id FROM change_sets WHERE ended_at IS NOT NULL AND begun_at < :before ORDER BY begun_at LIMIT :most
