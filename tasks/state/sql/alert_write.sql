INSERT INTO alerts (key, kind, title, message, since, told_at) VALUES (:key, :kind, :title, :message, :since, :told_at)
ON CONFLICT (key) DO UPDATE SET message = excluded.message, told_at = excluded.told_at
