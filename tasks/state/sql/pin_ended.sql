UPDATE pins SET ended_at = :ended_at WHERE id = :id AND ended_at IS NULL
