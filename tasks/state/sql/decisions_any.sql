-- Whether a person ever decided about an offer of this integration, and it still holds.
SELECT 1 AS found FROM decisions WHERE integration_id = :integration_id AND ended_at IS NULL LIMIT 1
