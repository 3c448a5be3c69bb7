INSERT INTO feed_snapshots (id, integration_id, part, content_hash, settings_hash, fetched_at, verdict, reason,
  rows_read, rows_rejected, offers, available, run_id, folder, numbers, last_seen_at)
VALUES (:id, :integration_id, :part, :content_hash, :settings_hash, :fetched_at, :verdict, :reason,
  :rows_read, :rows_rejected, :offers, :available, :run_id, :folder, :numbers, :last_seen_at)
ON CONFLICT (id) DO UPDATE SET verdict = excluded.verdict, reason = excluded.reason, run_id = excluded.run_id,
  numbers = excluded.numbers, last_seen_at = excluded.last_seen_at
