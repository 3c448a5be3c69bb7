-- The newest snapshot that the gate, or a person, believed.
SELECT * FROM feed_snapshots
WHERE integration_id = :integration_id AND part = :part AND (verdict = 'passed' OR approved_at IS NOT NULL)
ORDER BY fetched_at DESC LIMIT 1
