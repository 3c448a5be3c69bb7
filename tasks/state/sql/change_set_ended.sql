UPDATE change_sets SET ended_at = :ended_at WHERE id = :id
