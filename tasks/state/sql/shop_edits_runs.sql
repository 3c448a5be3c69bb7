-- Runs that found changes by others which a sync has to know: what is left so, and what was put right a short while ago.
-- What is long over is kept for people, and read by no sync.
SELECT DISTINCT run_id FROM shop_edits
WHERE integration_id = :integration_id AND (ended_at IS NULL OR found_at > :since)
