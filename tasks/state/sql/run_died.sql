-- The end of a run that could not record it itself.
UPDATE runs SET ended_at = :ended_at, status = 'failed', message = :message WHERE id = :id AND status = 'running' RETURNING id
