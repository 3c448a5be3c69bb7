DELETE FROM change_sets WHERE id = :id AND ended_at IS NOT NULL RETURNING id
