DELETE FROM alerts WHERE key = :key RETURNING key
