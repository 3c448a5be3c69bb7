-- What was written to a shop since a time, and by which flow (a person asked for what was no sync): oldest first.
SELECT c.id, c.begun_at, c.ended_at, r.flow FROM change_sets c LEFT JOIN runs r ON r.id = c.run_id
WHERE c.integration_id = :integration_id AND c.begun_at >= :since
ORDER BY c.begun_at, c.id
